import { type Sentence, ValidationFailedException } from '@app/shared';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { exchangeOf } from './exchange';
import { perHandler } from './per-handler';

const NOTHING_EXPECTED: Sentence = { ko: '이 요청은 받지 않는 값입니다', en: 'is not taken by this request' };

/**
 * Refuses a query or a body on a route that reads none: the validation pipe sees only what a handler asks for. An empty
 * object is no body.
 */
@Injectable()
export class UndeclaredInputGuard implements CanActivate {
  private readonly readsQuery = perHandler((context) => reads(context, RouteParamtypes.QUERY));
  private readonly readsBody = perHandler((context) => reads(context, RouteParamtypes.BODY));

  canActivate(context: ExecutionContext): boolean {
    const { request } = exchangeOf(context);
    const [unread] = Object.keys(request.query as object);
    if (unread !== undefined && !this.readsQuery(context)) {
      throw ValidationFailedException.of(unread.slice(0, 100), NOTHING_EXPECTED);
    }
    if (Object.keys(request.body ?? {}).length > 0 && !this.readsBody(context)) {
      throw ValidationFailedException.of('body', NOTHING_EXPECTED);
    }
    return true;
  }
}

function reads(context: ExecutionContext, type: RouteParamtypes): boolean {
  const read = Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), context.getHandler().name) ?? {};
  return Object.keys(read).some((key) => key.startsWith(`${type}:`));
}
