import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { ApiProblems } from '../api-problems';
import { exchangeOf } from '../exchange';
import { ForbiddenException, UnauthenticatedException } from '../http.exceptions';

/** Who may call a route; one without an audience is closed to everybody. */
export type Audience = 'anyone' | 'customer' | 'admin';

export const AUDIENCE = 'audience';

type AccessDecorator = ClassDecorator & MethodDecorator;

/** Open to anyone. */
export function Public(): AccessDecorator {
  return SetMetadata(AUDIENCE, 'anyone' satisfies Audience);
}

/** For anyone with a token; what is theirs is up to the use case. */
export function Customer(): AccessDecorator {
  return applyDecorators(
    SetMetadata(AUDIENCE, 'customer' satisfies Audience),
    ApiBearerAuth(),
    ApiProblems(new UnauthenticatedException(false)),
  );
}

/** For a token with the role `admin`. */
export function Admin(): AccessDecorator {
  return applyDecorators(
    SetMetadata(AUDIENCE, 'admin' satisfies Audience),
    ApiBearerAuth(),
    ApiProblems(new UnauthenticatedException(false), new ForbiddenException()),
  );
}

/** The user id of the caller. */
export const CallerId = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { caller } = exchangeOf(context).request;
  if (caller === null) throw new UnauthenticatedException(false);
  return caller.userId;
});
