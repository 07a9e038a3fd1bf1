import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { exchangeOf } from '../exchange';
import { ForbiddenException } from '../http.exceptions';
import { perHandler } from '../per-handler';
import { AUDIENCE, type Audience } from './access';
import { bearerTokenOf } from './bearer-token';
import { type Caller, TokenVerifier } from './token-verifier';

/** Closed by default: a route opens only by saying to whom. */
@Injectable()
export class AuthGuard implements CanActivate {
  private readonly audienceOf: (context: ExecutionContext) => Audience | undefined;

  constructor(
    reflector: Reflector,
    private readonly tokens: TokenVerifier,
  ) {
    this.audienceOf = perHandler((context) =>
      reflector.getAllAndOverride<Audience | undefined>(AUDIENCE, [context.getHandler(), context.getClass()]),
    );
  }

  /** At once for a token that is known: most are, and waiting costs. */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const audience = this.audienceOf(context);
    if (audience === 'anyone') return true;
    if (audience === undefined) throw new ForbiddenException();

    const { request } = exchangeOf(context);
    const caller = this.tokens.verify(bearerTokenOf(request.raw));
    return caller instanceof Promise
      ? caller.then((verified) => letIn(verified, audience, request))
      : letIn(caller, audience, request);
  }
}

function letIn(caller: Caller, audience: Audience, request: FastifyRequest): boolean {
  request.caller = caller;
  if (audience === 'admin' && !caller.roles.includes('admin')) throw new ForbiddenException();
  return true;
}
