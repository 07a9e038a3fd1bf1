import { createHash } from 'node:crypto';
import { ValidationFailedException } from '@app/shared';

/** Where a page ended: the values of the sort columns of its last item. */
export type Position = readonly (string | number)[];

/**
 * A cursor for the client to hand back. `list` names the list with all that shapes it (sort, filters), so that a
 * cursor of one list is refused by every other.
 */
export function encodeCursor(list: string, position: Position): string {
  const payload = Buffer.from(JSON.stringify(position)).toString('base64url');
  return `${payload}.${checksum(list, payload)}`;
}

/** @throws ValidationFailedException for a cursor that this list has not given out */
export function decodeCursor(list: string, cursor: string): Position {
  const [payload = '', sum, ...rest] = cursor.split('.');
  const position = sum === checksum(list, payload) && rest.length === 0 ? read(payload) : undefined;
  if (position !== undefined) return position;
  throw ValidationFailedException.of('cursor', {
    ko: '이 목록이 돌려준 값이 아닙니다',
    en: 'was not given out by this list',
  });
}

/** Tells damage and mix-ups from cursors of ours. It has no key: whatever a cursor holds is checked like any input. */
function checksum(list: string, payload: string): string {
  return createHash('sha256')
    .update(JSON.stringify([list, payload]))
    .digest('base64url')
    .slice(0, 16);
}

function read(payload: string): Position | undefined {
  try {
    const position: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return isPosition(position) ? position : undefined;
  } catch {
    return undefined;
  }
}

function isPosition(value: unknown): value is Position {
  return Array.isArray(value) && value.every((part) => typeof part === 'string' || Number.isFinite(part));
}
