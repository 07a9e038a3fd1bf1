import 'reflect-metadata';
import { Controller, Get, Header, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { serve } from '../load/child-side';
import { CONSTANT_PATH } from '../load/requests';

let answer = '{}';

@Controller(CONSTANT_PATH)
class ConstantController {
  @Get()
  @Header('content-type', 'application/json')
  read(): string {
    return answer;
  }

  @Post()
  @Header('content-type', 'application/json')
  write(): string {
    return answer;
  }
}

@Module({ controllers: [ConstantController] })
class ConstantModule {}

/** A JSON text of so many bytes. */
function textOf(size: number): string {
  const frame = JSON.stringify({ text: '' });
  return JSON.stringify({ text: 'x'.repeat(Math.max(0, size - frame.length)) });
}

/** The framework and its HTTP adapter with nothing of ours. Told a size, it answers with so many bytes from then on. */
async function main(port: number): Promise<void> {
  const app = await NestFactory.create<NestFastifyApplication>(ConstantModule, new FastifyAdapter(), { logger: false });
  await app.listen(port, '127.0.0.1');
  serve<number, number>(async (size) => {
    answer = textOf(size);
    return answer.length;
  });
}

main(Number(process.argv[2])).catch((error: unknown) => {
  process.stderr.write(`${error}\n`);
  process.exit(1);
});
