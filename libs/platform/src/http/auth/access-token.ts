import { errors, type JWTPayload, type JWTVerifyOptions, type JWTVerifyResult } from 'jose';
import { DependencyUnavailableException } from '../../database/failures';
import { UnauthenticatedException } from '../http.exceptions';
import type { Caller } from './token-verifier';

/** A caller and the moment, in milliseconds, until which the token says so. */
export interface VerifiedToken {
  readonly caller: Caller;
  readonly expiresAt: number;
}

/** What every access token must have, whoever issued it: the library's own defaults take one without end or owner. */
export const STRICT = {
  typ: 'at+jwt',
  requiredClaims: ['exp', 'sub'],
} as const satisfies JWTVerifyOptions;

const SUBJECT = /^[A-Za-z0-9._:@-]{1,64}$/;

/** Verdicts over the token itself; any other failure says nothing about it. */
const TOKEN_IS_BAD: readonly string[] = [
  errors.JWTExpired,
  errors.JWTClaimValidationFailed,
  errors.JWTInvalid,
  errors.JWSInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
  errors.JWKSNoMatchingKey,
  errors.JWKSMultipleMatchingKeys,
].map(({ code }) => code);

/** Awaits a verification and reads its claims; keys that cannot be fetched are an outage, never a verdict. */
export async function verified(verification: Promise<JWTVerifyResult>): Promise<VerifiedToken> {
  let payload: JWTPayload;
  try {
    ({ payload } = await verification);
  } catch (error) {
    if (error instanceof errors.JOSEError && TOKEN_IS_BAD.includes(error.code))
      throw new UnauthenticatedException(true);
    throw new DependencyUnavailableException(error);
  }

  const { sub, exp, roles = [] } = payload;
  if (!isSubject(sub) || exp === undefined || !isListOfStrings(roles)) {
    throw new UnauthenticatedException(true);
  }
  return { caller: { userId: sub, roles }, expiresAt: exp * 1_000 };
}

export function isSubject(value: unknown): value is string {
  return typeof value === 'string' && SUBJECT.test(value);
}

function isListOfStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
