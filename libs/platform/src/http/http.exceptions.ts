import { type Details, DomainException, type Sentence } from '@app/shared';
import { HttpStatus } from '@nestjs/common';

export class UnauthenticatedException extends DomainException {
  /** `tokenWasSent` decides whether the challenge calls a token invalid or only asks for one. */
  constructor(readonly tokenWasSent: boolean) {
    super('unauthenticated', 'UNAUTHENTICATED', { ko: '인증이 필요합니다', en: 'Authentication is required' });
  }
}

export class ForbiddenException extends DomainException {
  constructor() {
    super('forbidden', 'FORBIDDEN', { ko: '권한이 없습니다', en: 'You are not allowed to do this' });
  }
}

/** No such address; the modules have exceptions of their own for things that are not there. */
export class NotFoundException extends DomainException {
  constructor() {
    super('not-found', 'NOT_FOUND', { ko: '요청한 주소를 찾을 수 없습니다', en: 'There is nothing at this address' });
  }
}

export class RateLimitedException extends DomainException {
  constructor(readonly retryAfterSeconds: number) {
    super('too-many', 'RATE_LIMITED', { ko: '요청이 너무 많습니다', en: 'Too many requests' });
  }
}

/** Ended by the protocol before any rule of the business was asked: HTTP has a status of its own for each. */
export abstract class ProtocolException extends DomainException {
  constructor(
    readonly status: HttpStatus,
    code: string,
    sentence: Sentence,
    details?: Details,
  ) {
    super('invalid', code, sentence, details);
  }
}

export class PayloadTooLargeException extends ProtocolException {
  constructor() {
    super(HttpStatus.PAYLOAD_TOO_LARGE, 'PAYLOAD_TOO_LARGE', {
      ko: '요청 본문이 너무 큽니다',
      en: 'The request body is too large',
    });
  }
}

export class UnsupportedMediaTypeException extends ProtocolException {
  constructor() {
    super(HttpStatus.UNSUPPORTED_MEDIA_TYPE, 'UNSUPPORTED_MEDIA_TYPE', {
      ko: 'UTF-8 JSON 본문만 받을 수 있습니다',
      en: 'Only JSON in UTF-8 is accepted',
    });
  }
}

export class MethodNotAllowedException extends ProtocolException {
  constructor(readonly allowed: readonly string[]) {
    super(HttpStatus.METHOD_NOT_ALLOWED, 'METHOD_NOT_ALLOWED', {
      ko: '이 주소에서 지원하지 않는 메서드입니다',
      en: 'This address does not answer to that method',
    });
  }
}

export class RequestTimeoutException extends ProtocolException {
  constructor() {
    super(HttpStatus.REQUEST_TIMEOUT, 'REQUEST_TIMEOUT', {
      ko: '요청을 제때 받지 못했습니다',
      en: 'The request did not arrive in time',
    });
  }
}

export class HeadersTooLargeException extends ProtocolException {
  constructor() {
    super(431 as HttpStatus, 'HEADERS_TOO_LARGE', {
      ko: '요청 헤더가 너무 큽니다',
      en: 'The request headers are too large',
    });
  }
}

/** A bug of ours: the log has the whole story, the client learns nothing of it. */
export class InternalException extends ProtocolException {
  constructor() {
    super(HttpStatus.INTERNAL_SERVER_ERROR, 'INTERNAL', {
      ko: '서버 오류가 발생했습니다',
      en: 'Something went wrong on our side',
    });
  }
}
