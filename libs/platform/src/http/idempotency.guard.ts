import { hash } from 'node:crypto';
import { ValidationFailedException } from '@app/shared';
import { applyDecorators, type CanActivate, type ExecutionContext, Injectable, UseGuards } from '@nestjs/common';
import { ApiExtension, ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { contextOf, exchangeOf, headerValues, pathOf } from './exchange';

const HEADER = 'Idempotency-Key';
const KEY = /^[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?$/;

/** Hands the promise of the client's key to the write below. */
@Injectable()
class IdempotencyGuard implements CanActivate {
  canActivate(execution: ExecutionContext): boolean {
    const { request } = exchangeOf(execution);
    const key = keyOf(request);
    if (key !== undefined) contextOf(request).idempotency = { key, fingerprint: fingerprintOf(request) };
    return true;
  }
}

/** A POST that a client may repeat with the same `Idempotency-Key` without doing it twice. */
export function Idempotent(): MethodDecorator {
  return applyDecorators(
    UseGuards(IdempotencyGuard),
    ApiExtension('x-idempotent', true),
    ApiHeader({
      name: HEADER,
      required: false,
      description:
        '같은 키로 다시 보내면 두 번 실행하지 않고 첫 응답을 돌려줍니다. 적어도 24시간 동안 기억합니다. 요청마다 새 값을 쓰세요.',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    }),
  );
}

/** Bare, or quoted as a structured header has it. */
function keyOf(request: FastifyRequest): string | undefined {
  const [value, ...more] = headerValues(request.raw, HEADER.toLowerCase());
  if (value === undefined) return undefined;
  const key = /^"(.*)"$/.exec(value)?.[1] ?? value;
  if (more.length === 0 && KEY.test(key)) return key;
  throw ValidationFailedException.of(HEADER, {
    ko: '1~255자의 ASCII 문자 한 값이어야 합니다',
    en: 'must be one value of 1 to 255 printable ASCII characters',
  });
}

/** SHA-256 of what the client asked for; the order of members in its JSON is not part of it, and no body is an empty one. */
function fingerprintOf(request: FastifyRequest): string {
  const asked = [request.method, pathOf(request), request.body ?? {}];
  return hash('sha256', JSON.stringify(asked, sorted));
}

function sorted(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
