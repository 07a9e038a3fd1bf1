import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { ValidationFailedException } from '@app/shared';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { PayloadTooLargeException, UnsupportedMediaTypeException } from './http.exceptions';
import { readJson, UnreadableJson } from './json-text';

/** Bytes of a body, as sent and after it was inflated. */
export const BODY_LIMIT = 100_000;

const inflate = promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip);
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** JSON objects in UTF-8 are all that this service reads: with any other content type Fastify finds no parser, a 415. */
export function acceptJsonOnly(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, readBody);
}

/** @throws ValidationFailedException | UnsupportedMediaTypeException | PayloadTooLargeException */
async function readBody({ headers }: FastifyRequest, sent: string | Buffer): Promise<object | undefined> {
  if (!isUtf8(headers['content-type'] ?? '')) throw new UnsupportedMediaTypeException();
  const bytes = await decoded(sent as Buffer, headers['content-encoding']);
  if (bytes.length === 0) return undefined;
  try {
    return readJson(utf8.decode(bytes));
  } catch (error) {
    if (error instanceof UnreadableJson) throw ValidationFailedException.of('body', error.reason);
    throw ValidationFailedException.of('body', { ko: '올바른 UTF-8이 아닙니다', en: 'is not UTF-8' });
  }
}

function isUtf8(contentType: string): boolean {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(contentType)?.[1];
  return charset === undefined || /^utf-?8$/i.test(charset);
}

async function decoded(bytes: Buffer, encoding: string | undefined): Promise<Buffer> {
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return bytes;
  if (encoding.toLowerCase() !== 'gzip') throw new UnsupportedMediaTypeException();
  try {
    return await inflate(bytes, { maxOutputLength: BODY_LIMIT });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new PayloadTooLargeException();
    throw ValidationFailedException.of('body', { ko: 'gzip을 풀 수 없습니다', en: 'is not gzip' });
  }
}
