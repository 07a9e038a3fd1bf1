import type { Random } from '../random';
import type { Intent } from './operation';
import type { Stage } from './stage';

export type NoiseMaker = (stage: Stage, random: Random) => Omit<Intent, 'action' | 'client'> | null;

const STRANGER = 'stranger';

const charge = (body: unknown, expected = 400, more: Partial<Intent> = {}): NoiseMaker => {
  return (stage, random) => ({
    userId: random.pick(stage.users),
    method: 'POST',
    path: '/balance/charges',
    body,
    expected,
    ...more,
  });
};

const look = (path: string, expected: number, more: Partial<Intent> = {}): NoiseMaker => {
  return (stage, random) => ({ userId: random.pick(stage.users), method: 'GET', path, expected, ...more });
};

/** A stranger reaches for an order or a payment: told apart from nothing at all by nobody. */
const reach = (
  what: 'orders' | 'payments',
  method: string,
  target: (id: string) => Pick<Intent, 'path' | 'body'>,
): NoiseMaker => {
  return (stage, random) => {
    const theirs = stage[what].pick(random);
    return theirs ? { userId: STRANGER, method, expected: 404, ...target(theirs.id) } : null;
  };
};

/** What the shop has to refuse, with the status that the API promises. */
export const noise: readonly NoiseMaker[] = [
  charge({ amount: 0 }),
  charge({ amount: -1 }),
  charge({ amount: 1.5 }),
  charge({ amount: '1000' }),
  charge({ amount: 100_000_000 }),
  charge({ amount: 100, userId: 'somebody else' }),
  charge({}),
  charge('{"amount":'),
  charge('amount=1000', 415, { contentType: 'text/plain' }),
  charge({ amount: 1_000 }, 401, { anonymous: true }),
  look('/balance', 401, { anonymous: true }),
  look('/admin/audit', 403),
  look('/products?limit=1000', 400),
  look('/orders/not-an-id', 400),
  look('/orders/00000000-0000-7000-8000-000000000000', 404),
  look('/nowhere', 404),
  reach('orders', 'GET', (id) => ({ path: `/orders/${id}` })),
  reach('orders', 'POST', (id) => ({ path: `/orders/${id}/cancel` })),
  reach('orders', 'POST', (id) => ({ path: '/payments', body: { orderId: id } })),
  reach('payments', 'GET', (id) => ({ path: `/payments/${id}` })),
  reach('payments', 'POST', (id) => ({ path: `/payments/${id}/refund` })),
];
