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

type Done = (error: Error | null, body?: object) => void;

/** Answers at once but for what has to be inflated: the promise of a body costs more than reading it. */
function readBody({ headers }: FastifyRequest, sent: string | Buffer, done: Done): void {
  const bytes = sent as Buffer;
  const encoding = headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (!isUtf8(headers['content-type'] ?? '')) done(new UnsupportedMediaTypeException());
  else if (encoding === 'identity') parse(bytes, done);
  else if (encoding === 'gzip') inflated(bytes).then((plain) => parse(plain, done), done);
  else done(new UnsupportedMediaTypeException());
}

function parse(bytes: Buffer, done: Done): void {
  let body: object | undefined;
  try {
    body = bytes.length === 0 ? undefined : readJson(utf8.decode(bytes));
  } catch (error) {
    const reason =
      error instanceof UnreadableJson ? error.reason : { ko: '올바른 UTF-8이 아닙니다', en: 'is not UTF-8' };
    done(ValidationFailedException.of('body', reason));
    return;
  }
  done(null, body);
}

function isUtf8(contentType: string): boolean {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(contentType)?.[1];
  return charset === undefined || /^utf-?8$/i.test(charset);
}

/** @throws ValidationFailedException | PayloadTooLargeException */
async function inflated(bytes: Buffer): Promise<Buffer> {
  try {
    return await inflate(bytes, { maxOutputLength: BODY_LIMIT });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new PayloadTooLargeException();
    throw ValidationFailedException.of('body', { ko: 'gzip을 풀 수 없습니다', en: 'is not gzip' });
  }
}
