import type { Sentence } from '@app/shared';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { plainToInstance, Transform } from 'class-transformer';
import { ValidateBy, ValidateIf, ValidateNested } from 'class-validator';
import {
  FLAG,
  type Form,
  ID,
  intBetween,
  isPlainObject,
  listOf,
  oneOf,
  TIMESTAMP,
  textBetween,
  timestampOf,
} from './forms';

/** What the documentation says of a field, and whether it may be left out (`optional`) or be null (`nullable`). */
interface FieldDoc {
  readonly description?: string;
  readonly example?: unknown;
  readonly default?: unknown;
  readonly optional?: boolean;
  readonly nullable?: boolean;
}

/** Stands for what is no such list: nothing to look into. */
const NO_LIST = false;
const REQUIRED: Sentence = { ko: '필수 값입니다', en: 'is required' };

/** An integer of a JSON body; `1.0` and `1e3` are the same numbers as 1 and 1000, `"1"` is none. */
export function IsIntBetween(min: number, max: number, doc: FieldDoc = {}): PropertyDecorator {
  return HasForm(intBetween(min, max), doc, { type: 'integer', minimum: min, maximum: max });
}

/** An amount of won. */
export function IsWon({ min, max }: { min: number; max: number }, doc: FieldDoc = {}): PropertyDecorator {
  return HasForm(intBetween(min, max), doc, { type: 'integer', format: 'int64', minimum: min, maximum: max });
}

/** An integer in a query string: digits and nothing else, so that `1e3` and `0x10` are refused. */
export function IsIntInQuery(min: number, max: number, doc: FieldDoc = {}): PropertyDecorator {
  const digits = (value: unknown): unknown =>
    typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : String(value);
  return all(readAs(digits), HasForm(intBetween(min, max), doc, { type: 'integer', minimum: min, maximum: max }));
}

/** A text that a database can store, trimmed and in one Unicode form (NFC); lengths count characters. */
export function IsText(min: number, max: number, doc: FieldDoc = {}): PropertyDecorator {
  const tidy = (value: unknown): unknown => (typeof value === 'string' ? value.normalize('NFC').trim() : value);
  return all(readAs(tidy), HasForm(textBetween(min, max), doc, { type: 'string', minLength: min, maxLength: max }));
}

/** A UUID of any version, in lower case from here on. */
export function IsId(doc: FieldDoc = {}): PropertyDecorator {
  const lower = (value: unknown): unknown => (typeof value === 'string' ? value.toLowerCase() : value);
  return all(readAs(lower), HasForm(ID, doc, { type: 'string', format: 'uuid' }));
}

export function IsOneOf(values: readonly string[], doc: FieldDoc = {}): PropertyDecorator {
  return HasForm(oneOf(values), doc, { type: 'string', enum: [...values] });
}

/** A moment in RFC 3339, read as a `Date`. */
export function IsTimestamp(doc: FieldDoc = {}): PropertyDecorator {
  return all(readAs(timestampOf), HasForm(TIMESTAMP, doc, { type: 'string', format: 'date-time' }));
}

export function IsFlag(doc: FieldDoc = {}): PropertyDecorator {
  return HasForm(FLAG, doc, { type: 'boolean' });
}

/**
 * A list of objects. Its length and the form of its items are checked before any item is looked into, so that a long
 * list of rubbish costs nothing; what is no such list never reaches the check of the items.
 */
export function IsListOf<T extends object>(
  item: () => new () => T,
  { min, max }: { min: number; max: number },
  doc: FieldDoc = {},
): PropertyDecorator {
  const fits = (value: unknown): value is object[] =>
    Array.isArray(value) && value.length >= min && value.length <= max && value.every(isPlainObject);
  const read = (value: unknown): unknown => {
    if (value === undefined || value === null) return value;
    return fits(value) ? plainToInstance(item(), value) : NO_LIST;
  };
  const documented = ApiProperty({
    ...docOf(doc),
    type: () => item(),
    isArray: true,
    minItems: min,
    maxItems: max,
  } as ApiPropertyOptions);
  return all(readAs(read), documented, ValidateNested({ each: true }), check(listOf(min, max), doc));
}

/** A field of any other form. */
export function HasForm(form: Form, doc: FieldDoc, schema: object): PropertyDecorator {
  return all(ApiProperty({ ...docOf(doc), ...schema } as ApiPropertyOptions), check(form, doc));
}

function docOf({ optional, ...doc }: FieldDoc): ApiPropertyOptions {
  return { ...doc, required: optional !== true } as ApiPropertyOptions;
}

/** One rule a field: what is absent is called missing, all else is held against the form. */
function check(form: Form, { optional = false, nullable = false }: FieldDoc): PropertyDecorator {
  const absent = (value: unknown): boolean => (optional && value === undefined) || (nullable && value === null);
  return all(
    ValidateIf((_, value) => !absent(value)),
    mustHold('required', (value) => value !== undefined, REQUIRED),
    mustHold('form', form.accepts, form.sentence),
  );
}

/** The sentence travels in the context, in both languages: who is asking is not known here. */
function mustHold(name: string, validate: (value: unknown) => boolean, sentence: Sentence): PropertyDecorator {
  return ValidateBy({ name, validator: { validate } }, { message: sentence.ko, context: sentence });
}

/** Reads the value as it came, before class-transformer makes anything of it. */
function readAs(read: (value: unknown) => unknown): PropertyDecorator {
  return (target, property) =>
    Transform(({ obj }) => read(Object.hasOwn(obj, property) ? obj[property] : undefined))(target, property as string);
}

function all(...decorators: readonly PropertyDecorator[]): PropertyDecorator {
  return (target, property) => {
    for (const decorate of decorators) decorate(target, property);
  };
}
