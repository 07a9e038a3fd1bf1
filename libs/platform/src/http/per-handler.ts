import type { ExecutionContext } from '@nestjs/common';

/** What decorators say of a handler, read once: it is the same for every request. */
export function perHandler<T>(read: (context: ExecutionContext) => T): (context: ExecutionContext) => T {
  // By class too: a handler that is inherited belongs to each of its heirs.
  const known = new Map<object, Map<object, T>>();
  return (context) => {
    const handlers = known.get(context.getClass()) ?? new Map<object, T>();
    known.set(context.getClass(), handlers);
    const handler = context.getHandler();
    if (!handlers.has(handler)) handlers.set(handler, read(context));
    return handlers.get(handler) as T;
  };
}
