import type { FastifyInstance } from 'fastify';

/** Remembers what is served where, to tell a wrong method from a wrong address. */
export class KnownRoutes {
  private readonly routes: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = [];

  static of(server: FastifyInstance): KnownRoutes {
    const known = new KnownRoutes();
    server.addHook('onRoute', ({ url, method }) => {
      known.routes.push({ pattern: patternOf(url), methods: [method].flat() });
    });
    return known;
  }

  /** The methods that the path answers to; none when there is nothing. */
  methodsAt(path: string): string[] {
    const methods = this.routes.filter(({ pattern }) => pattern.test(path)).flatMap((route) => route.methods);
    return [...new Set(methods)].sort();
  }
}

/** `/orders/:orderId` as an expression that a path of such an order matches. */
function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    if (part.startsWith(':')) return '[^/]+';
    return part === '*' ? '.*' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('/')}$`);
}
