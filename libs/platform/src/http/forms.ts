import type { Sentence } from '@app/shared';

/** What a value must look like, and the sentence for one that does not. */
export interface Form<T = unknown> {
  readonly sentence: Sentence;
  /** Makes the value of what JSON has for it; anything else comes back as it is. */
  read?(value: unknown): unknown;
  accepts(value: unknown): value is T;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const RFC_3339 = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i;
/** What no text column of the database takes. */
export const UNSTORABLE = /[\0\p{Surrogate}]/u;
const END_OF_TIME = Date.UTC(10_000, 0);

export const ID: Form<string> = {
  sentence: { ko: 'UUID여야 합니다', en: 'must be a UUID' },
  accepts: (value): value is string => typeof value === 'string' && UUID.test(value),
};

export const FLAG: Form<boolean> = {
  sentence: { ko: 'true 또는 false여야 합니다', en: 'must be true or false' },
  accepts: (value): value is boolean => typeof value === 'boolean',
};

export const TIMESTAMP: Form<Date> = {
  sentence: { ko: 'RFC 3339 시각이어야 합니다', en: 'must be an RFC 3339 time' },
  read: timestampOf,
  accepts: (value): value is Date => value instanceof Date,
};

/** The moment that an RFC 3339 text names; anything else comes back as it is. */
export function timestampOf(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const day = RFC_3339.exec(value)?.[1];
  if (day === undefined || !isDay(day)) return value;
  const moment = new Date(value.toUpperCase());
  return moment.getTime() >= 0 && moment.getTime() < END_OF_TIME ? moment : value;
}

/** JavaScript takes February 30 for March 2. */
function isDay(day: string): boolean {
  const moment = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(day);
}

export function intBetween(min: number, max: number): Form<number> {
  return {
    sentence: {
      ko: `${min} 이상 ${max} 이하의 정수여야 합니다`,
      en: `must be an integer from ${min} to ${max}`,
    },
    accepts: (value): value is number => Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max,
  };
}

export function textBetween(min: number, max: number): Form<string> {
  return {
    sentence: {
      ko: `${min}자 이상 ${max}자 이하의 글이어야 합니다`,
      en: `must be a text of ${min} to ${max} characters`,
    },
    accepts: (value): value is string => {
      if (typeof value !== 'string' || value.length > 2 * max || UNSTORABLE.test(value)) return false;
      const { length } = [...value];
      return length >= min && length <= max;
    },
  };
}

export function oneOf(values: readonly unknown[]): Form {
  const listed = values.join(', ');
  return {
    sentence: { ko: `다음 중 하나여야 합니다: ${listed}`, en: `must be one of ${listed}` },
    accepts: (value): value is unknown => values.includes(value),
  };
}

export function listOf(min: number, max: number): Form<unknown[]> {
  return {
    sentence: { ko: `객체 ${min}~${max}개의 목록이어야 합니다`, en: `must be a list of ${min} to ${max} objects` },
    accepts: Array.isArray,
  };
}

export function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
