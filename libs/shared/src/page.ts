/** A part of a list that the reader asked for: at most `limit` items after the one that `cursor` names. */
export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Part of a list, and where the next part starts; null at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** Makes a page of `limit + 1` rows that were looked for: the last one only says that there is more. */
export function pageOf<T>(rows: readonly T[], limit: number, cursorAfter: (last: T) => string): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: last !== undefined && rows.length > limit ? cursorAfter(last) : null };
}

/** The same page with other items. */
export function mapPage<T, U>({ items, nextCursor }: Page<T>, map: (item: T) => U): Page<U> {
  return { items: items.map(map), nextCursor };
}
