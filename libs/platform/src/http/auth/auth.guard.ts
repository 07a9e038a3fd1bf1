import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { exchangeOf, headerValues } from '../exchange';
import { ForbiddenException, UnauthenticatedException } from '../http.exceptions';
import { AUDIENCE, type Audience } from './access';
import { TokenVerifier } from './token-verifier';

/** Closed by default: a route opens only by saying to whom. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: TokenVerifier,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const places = [context.getHandler(), context.getClass()];
    const audience = this.reflector.getAllAndOverride<Audience | undefined>(AUDIENCE, places);
    if (audience === 'anyone') return true;
    if (audience === undefined) throw new ForbiddenException();

    const { request } = exchangeOf(context);
    request.caller = await this.tokens.verify(tokenOf(request));
    if (audience === 'admin' && !request.caller.roles.includes('admin')) throw new ForbiddenException();
    return true;
  }
}

/** From the one place where a token belongs: never from the query, where logs and histories would keep it. */
function tokenOf(request: FastifyRequest): string {
  const sent = headerValues(request, 'authorization');
  const token = /^Bearer +([\w.~+/=-]+)$/i.exec(sent[0] ?? '')?.[1];
  if (token === undefined || sent.length > 1) throw new UnauthenticatedException(sent.length > 0);
  return token;
}
