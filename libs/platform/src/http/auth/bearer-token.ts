import type { IncomingMessage } from 'node:http';
import { headerValues } from '../exchange';
import { UnauthenticatedException } from '../http.exceptions';

/**
 * From the one place where a token belongs: never from the query, where logs and histories would keep it.
 * @throws UnauthenticatedException for none, for several, and for what no token looks like
 */
export function bearerTokenOf(request: IncomingMessage): string {
  const sent = headerValues(request, 'authorization');
  const token = /^Bearer +([\w.~+/=-]+)$/i.exec(sent[0] ?? '')?.[1];
  if (token === undefined || sent.length > 1) throw new UnauthenticatedException(sent.length > 0);
  return token;
}
