import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExtension } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Where what an answer tells can be read back. */
    locationOf?: (body: never) => string;
  }
}

/** Says where a created thing can be read back: `@CreatedAt<OrderResponse>(({ id }) => `/orders/${id}`)`. */
export function CreatedAt<T>(locationOf: (body: T) => string): MethodDecorator {
  return applyDecorators(RouteConfig({ locationOf }), ApiExtension('x-created-at', true));
}

/** A hook and no interceptor: it needs the body as the handler has returned it, and nothing around the handler. */
export function tellLocations(server: FastifyInstance): void {
  server.addHook('preSerialization', (request, reply, body, done) => {
    const { locationOf } = request.routeOptions.config;
    if (locationOf && reply.statusCode === 201) void reply.header('Location', locationOf(body as never));
    done(null, body);
  });
}
