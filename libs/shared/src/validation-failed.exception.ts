import { DomainException, type Sentence } from './domain-exception';

/** One field of a request and what is wrong with it, in both languages. */
export interface FieldError {
  /** Path in the request, `lines[0].quantity`; `body` for the body as a whole. */
  readonly field: string;
  readonly message: Sentence;
}

/**
 * A value is malformed, or outside of a range that only what is stored can tell. Whoever answers writes `errors` in the
 * language of the request.
 */
export class ValidationFailedException extends DomainException {
  constructor(readonly errors: readonly FieldError[] = []) {
    super('invalid', 'VALIDATION_FAILED', { ko: '요청 값이 올바르지 않습니다', en: 'The request is not valid' });
  }

  static of(field: string, message: Sentence): ValidationFailedException {
    return new ValidationFailedException([{ field, message }]);
  }
}
