import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import { type Observable, tap } from 'rxjs';
import { exchangeOf } from './exchange';

class LocationInterceptor<T> implements NestInterceptor<T, T> {
  constructor(private readonly locationOf: (body: T) => string) {}

  intercept(execution: ExecutionContext, next: CallHandler<T>): Observable<T> {
    const { reply } = exchangeOf(execution);
    return next.handle().pipe(tap((body) => void reply.header('Location', this.locationOf(body))));
  }
}

/** Says where a created thing can be read back: `@CreatedAt<OrderResponse>(({ id }) => `/orders/${id}`)`. */
export function CreatedAt<T>(locationOf: (body: T) => string): MethodDecorator {
  return applyDecorators(UseInterceptors(new LocationInterceptor(locationOf)), ApiExtension('x-created-at', true));
}
