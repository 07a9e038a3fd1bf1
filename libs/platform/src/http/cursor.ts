import { createHash } from 'node:crypto';
import { ValidationFailedException } from '@app/shared';
import type { Form } from './forms';

/**
 * A cursor for the client to hand back: the values of the sort columns of the last item of a page. `list` names the list
 * with all that shapes it (sort, filters), so that a cursor of one list is refused by every other.
 */
export function encodeCursor(list: string, position: readonly (string | number)[]): string {
  const payload = Buffer.from(JSON.stringify(position)).toString('base64url');
  return `${payload}.${checksum(list, payload)}`;
}

/**
 * The position in a cursor of this list, one value a form.
 * @throws ValidationFailedException for a cursor that this list cannot have given out
 */
export function decodeCursor<Position extends readonly unknown[]>(
  list: string,
  cursor: string,
  ...forms: { [Part in keyof Position]: Form<Position[Part]> }
): Position {
  const [payload = '', sum, ...rest] = cursor.split('.');
  const parts = sum === checksum(list, payload) && rest.length === 0 ? read(payload) : [];
  const position = forms.map((form, at) => (form.read ? form.read(parts[at]) : parts[at]));
  const fits = parts.length === forms.length && forms.every((form, at) => form.accepts(position[at]));
  if (fits) return position as unknown as Position;
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

function read(payload: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}
