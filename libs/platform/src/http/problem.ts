import { DomainException, type ExceptionKind, type FieldError, ValidationFailedException } from '@app/shared';
import { HttpStatus } from '@nestjs/common';
import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import {
  MethodNotAllowedException,
  ProtocolException,
  RateLimitedException,
  UnauthenticatedException,
} from './http.exceptions';
import type { RequestContext } from './request-context';

const STATUS: Record<ExceptionKind, HttpStatus> = {
  invalid: HttpStatus.BAD_REQUEST,
  unauthenticated: HttpStatus.UNAUTHORIZED,
  forbidden: HttpStatus.FORBIDDEN,
  'not-found': HttpStatus.NOT_FOUND,
  conflict: HttpStatus.CONFLICT,
  'key-reused': HttpStatus.UNPROCESSABLE_ENTITY,
  'too-many': HttpStatus.TOO_MANY_REQUESTS,
  unavailable: HttpStatus.SERVICE_UNAVAILABLE,
};

class InvalidField {
  @ApiProperty({ description: '요청에서의 위치', example: 'lines[0].quantity' })
  readonly field!: string;

  @ApiProperty({ description: '무엇이 잘못되었는지', example: '1 이상 1000 이하의 정수여야 합니다' })
  readonly message!: string;
}

/** The one form of every answer that is not a success (RFC 9457). */
@ApiSchema({ description: '모든 오류 응답의 형식 (RFC 9457). code로 분기하고 detail을 사용자에게 보여 주세요.' })
export class Problem {
  @ApiProperty({ format: 'uri', example: 'urn:jangteo:problem:out-of-stock' })
  readonly type!: string;

  @ApiProperty({ description: '코드마다 고정된 제목', example: 'Out of stock' })
  readonly title!: string;

  @ApiProperty({ type: 'integer', example: 409 })
  readonly status!: number;

  @ApiProperty({
    description: '사람을 위한 문장. Accept-Language가 영어를 선호하면 영어',
    example: '상품 재고가 부족합니다',
  })
  readonly detail!: string;

  @ApiProperty({ description: '요청한 경로', example: '/orders' })
  readonly instance!: string;

  @ApiProperty({ description: '변하지 않는 오류 코드', example: 'OUT_OF_STOCK' })
  readonly code!: string;

  @ApiProperty({
    description: '응답의 X-Request-Id. 재생된 응답이면 첫 요청의 것',
    example: '0199f0c2-6f7c-7b3e-9d54-0f6a1c2b3d4e',
  })
  readonly requestId!: string;

  @ApiProperty({ type: [InvalidField], required: false, description: 'VALIDATION_FAILED일 때 필드별 오류' })
  readonly errors?: readonly InvalidField[];
}

export function statusOf(exception: DomainException): HttpStatus {
  return exception instanceof ProtocolException ? exception.status : STATUS[exception.kind];
}

/** What the filter answers and what the documentation shows: made in one place, so that they cannot differ. */
export function toProblem(
  exception: DomainException,
  { requestId, replayOf, language }: RequestContext,
  instance: string,
): Problem {
  const words = exception.code.toLowerCase().split('_');
  const sentence = words.join(' ');
  const members = {
    type: `urn:jangteo:problem:${words.join('-')}`,
    title: sentence.charAt(0).toUpperCase() + sentence.slice(1),
    status: statusOf(exception),
    detail: exception.sentence[language],
    instance,
    code: exception.code,
    requestId: replayOf ?? requestId,
  };
  return {
    ...members,
    ...exception.details,
    // Once more: no detail can pass for a member of every problem.
    ...members,
    ...(exception instanceof ValidationFailedException && errorsIn(exception.errors, language)),
  };
}

/** The headers that belong to a problem beside its body. */
export function headersOf(exception: DomainException, language: RequestContext['language']): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'application/problem+json; charset=utf-8',
    'content-language': language,
    'cache-control': 'no-store',
    vary: 'Accept-Language',
  };
  if (exception instanceof UnauthenticatedException) {
    headers['www-authenticate'] = exception.tokenWasSent ? 'Bearer error="invalid_token"' : 'Bearer';
  }
  if (exception instanceof MethodNotAllowedException) headers.allow = exception.allowed.join(', ');
  const wait = retryAfter(exception);
  if (wait !== undefined) headers['retry-after'] = String(wait);
  return headers;
}

function retryAfter(exception: DomainException): number | undefined {
  if (exception instanceof RateLimitedException) return exception.retryAfterSeconds;
  const passes =
    exception.kind === 'unavailable' || exception.kind === 'too-many' || exception.code === 'REQUEST_IN_PROGRESS';
  return passes ? 1 : undefined;
}

function errorsIn(errors: readonly FieldError[], language: RequestContext['language']): { errors: InvalidField[] } {
  return { errors: errors.map(({ field, message }) => ({ field, message: message[language] })) };
}
