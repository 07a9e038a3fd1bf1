import { type Details, DomainException, type ExceptionKind, type Sentence } from '@app/shared';

/** More callers wait than can be served in time; nothing was done. */
export class OverloadedException extends DomainException {
  constructor() {
    super('unavailable', 'OVERLOADED', { ko: '잠시 후 다시 시도해 주세요', en: 'Please try again in a moment' });
  }
}

/** The key was used before, for something else. */
export class IdempotencyKeyReusedException extends DomainException {
  constructor() {
    super('key-reused', 'IDEMPOTENCY_KEY_REUSED', {
      ko: '같은 Idempotency-Key가 다른 요청에 이미 사용되었습니다',
      en: 'This Idempotency-Key was already used for another request',
    });
  }
}

/** The first request with this key is still running on another instance. */
export class RequestInProgressException extends DomainException {
  constructor() {
    super('conflict', 'REQUEST_IN_PROGRESS', {
      ko: '같은 Idempotency-Key의 요청을 처리하고 있습니다',
      en: 'A request with this Idempotency-Key is still being processed',
    });
  }
}

/** A refusal read back from storage, equal to the first one for whoever reads its fields. */
export class RememberedRefusal extends DomainException {
  constructor(refusal: { kind: ExceptionKind; code: string; sentence: Sentence; details: Details }) {
    super(refusal.kind, refusal.code, refusal.sentence, refusal.details);
  }
}
