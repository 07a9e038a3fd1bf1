import { type DynamicModule, Module } from '@nestjs/common';
import { Env } from './env';

/** Gives every module the settings that were read and checked at start. */
@Module({})
class EnvModule {}

export function envModule(env: Env): DynamicModule {
  return { module: EnvModule, global: true, providers: [{ provide: Env, useValue: env }], exports: [Env] };
}
