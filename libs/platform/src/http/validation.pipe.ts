import type { Sentence } from '@app/shared';
import { type FieldError, ValidationFailedException } from '@app/shared';
import { Injectable, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';

const MOST_ERRORS = 20;
const LONGEST_NAME = 100;
const UNKNOWN: Sentence = { ko: '알 수 없는 항목입니다', en: 'is not known here' };
const MALFORMED: Sentence = { ko: '형식이 올바르지 않습니다', en: 'is malformed' };

/** Holds every request against its class: nothing is converted, nothing unknown is taken. */
@Injectable()
export class StrictValidationPipe extends ValidationPipe {
  constructor() {
    super({
      whitelist: true,
      forbidNonWhitelisted: true,
      transform: true,
      stopAtFirstError: true,
      exceptionFactory: (errors) => new ValidationFailedException(fieldErrors(errors, '').slice(0, MOST_ERRORS)),
    });
  }
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
