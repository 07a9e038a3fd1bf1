import { DomainException, ValidationFailedException } from '@app/shared';
import { HttpException, HttpStatus } from '@nestjs/common';
import { DependencyUnavailableException, isExhausted, isMalformedValue, isUnavailability } from '../database/failures';
import { OverloadedException } from '../lanes/lane.exceptions';
import {
  ForbiddenException,
  HeadersTooLargeException,
  InternalException,
  NotFoundException,
  PayloadTooLargeException,
  RequestTimeoutException,
  UnauthenticatedException,
  UnsupportedMediaTypeException,
} from './http.exceptions';

/** What the framework refuses by itself, in our words; a refusal that is not listed is a malformed request. */
const BY_STATUS: Partial<Record<number, () => DomainException>> = {
  [HttpStatus.UNAUTHORIZED]: () => new UnauthenticatedException(false),
  [HttpStatus.FORBIDDEN]: () => new ForbiddenException(),
  [HttpStatus.NOT_FOUND]: () => new NotFoundException(),
  [HttpStatus.REQUEST_TIMEOUT]: () => new RequestTimeoutException(),
  [HttpStatus.PAYLOAD_TOO_LARGE]: () => new PayloadTooLargeException(),
  [HttpStatus.UNSUPPORTED_MEDIA_TYPE]: () => new UnsupportedMediaTypeException(),
  431: () => new HeadersTooLargeException(),
};

/** Any error as one that a client may see: what is not a refusal becomes INTERNAL, with nothing of its text. */
export function refusalFor(error: unknown): DomainException {
  if (error instanceof DomainException) return error;
  const status = refusedWith(error);
  if (status !== undefined) return BY_STATUS[status]?.() ?? new ValidationFailedException();
  if (isMalformedValue(error)) return new ValidationFailedException();
  if (isExhausted(error)) return new OverloadedException();
  return isUnavailability(error) ? new DependencyUnavailableException(error) : new InternalException();
}

/** What a server behind this one said, where `refusalFor` answers with less: for the log, never for the client. */
export function reasonOf(error: unknown): string | undefined {
  if (error instanceof DependencyUnavailableException)
    return error.cause === undefined ? undefined : textOf(error.cause);
  if (error instanceof DomainException || refusedWith(error) !== undefined) return undefined;
  return isMalformedValue(error) || isUnavailability(error) ? textOf(error) : undefined;
}

function textOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return [code, message].filter((part) => typeof part === 'string' && part !== '').join(': ');
}

function refusedWith(error: unknown): number | undefined {
  if (error instanceof HttpException) return clientFault(error.getStatus());
  if (error instanceof Error && error.name === 'FastifyError' && 'statusCode' in error) {
    return clientFault(Number(error.statusCode));
  }
  return undefined;
}

function clientFault(status: number): number | undefined {
  return status >= 400 && status < 500 ? status : undefined;
}
