import type { Urgency } from '@app/platform';

/** What operators and balancers need most while there is too much. */
const NEVER_REFUSED = /^\/(health|metrics|docs|docs-json|docs-yaml|admin)(\/|\?|$)/;

/** What ends a purchase that was begun: paying, taking back, calling off. */
const SETTLES = /^\/(payments(\/|\?|$)|orders\/[^/?]+\/cancel(\?|$))/;

/** How urgent a request is to the shop; null where it is never refused for being one too many. */
export function urgencyOf(method: string, url: string): Urgency | null {
  if (NEVER_REFUSED.test(url)) return null;
  if (method === 'GET' || method === 'HEAD') return 'read';
  return SETTLES.test(url) ? 'payment' : 'order';
}
