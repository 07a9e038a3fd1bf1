import type { Sentence } from '@app/shared';
import { type FieldError, ValidationFailedException } from '@app/shared';
import { type ArgumentMetadata, Injectable, type PipeTransform, type Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { type ValidationError, validateSync } from 'class-validator';

const MOST_ERRORS = 20;
const LONGEST_NAME = 100;
const UNKNOWN: Sentence = { ko: '알 수 없는 항목입니다', en: 'is not known here' };
const MALFORMED: Sentence = { ko: '형식이 올바르지 않습니다', en: 'is malformed' };

const RULES = { whitelist: true, forbidNonWhitelisted: true, stopAtFirstError: true, forbidUnknownValues: false };

/** What has no rules: a single value of a path or a query is read by a pipe of its own. */
const RULELESS: ReadonlySet<unknown> = new Set([undefined, String, Number, Boolean, Array, Object]);

/**
 * Holds every request against its class, at once: nothing is converted, nothing unknown is taken. The framework's own pipe
 * does the same and waits three times, for rules that may have to wait; ours never do.
 */
@Injectable()
export class StrictValidationPipe implements PipeTransform {
  /** @throws ValidationFailedException */
  transform(sent: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (type === 'custom' || RULELESS.has(metatype)) return sent;
    const asked = metatype as Type<object>;
    const input: object = plainToInstance(asked, sent ?? {});
    const errors = [...namesOfMethods(sent, asked), ...fieldErrors(validateSync(input, RULES), '')];
    if (errors.length > 0) throw new ValidationFailedException(errors.slice(0, MOST_ERRORS));
    return input;
  }
}

/** Would pass unseen: what is called as something that every object of the class has is not copied into one. */
function namesOfMethods(sent: unknown, { prototype }: Type<object>): FieldError[] {
  const unseen = Object.keys(sent ?? {}).filter((name) => name in prototype);
  return unseen.map((name) => ({ field: name.slice(0, LONGEST_NAME), message: UNKNOWN }));
}

function fieldErrors(errors: readonly ValidationError[], parent: string): FieldError[] {
  return errors.flatMap(({ property, constraints, contexts, children }) => {
    const field = pathTo(parent, property.slice(0, LONGEST_NAME));
    const [broken] = Object.keys(constraints ?? {});
    if (broken === undefined) return fieldErrors(children ?? [], field);
    return [{ field, message: broken === 'whitelistValidation' ? UNKNOWN : (contexts?.[broken] ?? MALFORMED) }];
  });
}

function pathTo(parent: string, property: string): string {
  if (parent === '') return property;
  return /^\d+$/.test(property) ? `${parent}[${property}]` : `${parent}.${property}`;
}
