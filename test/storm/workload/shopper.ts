import type { Action, Call } from '../history';
import type { Random } from '../random';
import { type NoiseMaker, noise } from './noise';
import type { Intent, Operations } from './operation';
import type { Pace } from './pace';
import type { Goods, Owned, Stage } from './stage';

const ADMIN = { userId: 'admin', roles: ['admin'] };
/** Of 1: how often a client does something malformed, or reaches for what belongs to somebody else. */
const NOISE = 0.05;

/** A logical client: what it can do, at the pace of the storm. */
export class Shopper {
  constructor(
    readonly name: string,
    readonly stage: Stage,
    readonly random: Random,
    private readonly operations: Operations,
    private readonly pace: Pace,
  ) {}

  charge(userId: string, amount: number): Promise<Call> {
    return this.post('charge', userId, '/balance/charges', { amount });
  }

  async order(userId: string, goods: readonly Goods[], quantity: number, couponId?: string): Promise<Owned | null> {
    const lines = goods.map(({ optionId }) => ({ optionId, quantity }));
    const call = await this.post('order', userId, '/orders', { lines, ...(couponId !== undefined && { couponId }) });
    return this.made(call, this.stage.orders);
  }

  cancel({ id, userId }: Owned): Promise<Call> {
    return this.post('cancel', userId, `/orders/${id}/cancel`);
  }

  async pay({ id, userId }: Owned): Promise<Owned | null> {
    return this.made(await this.post('pay', userId, '/payments', { orderId: id }), this.stage.payments);
  }

  refund({ id, userId }: Owned): Promise<Call> {
    return this.post('refund', userId, `/payments/${id}/refund`);
  }

  issue(userId: string, couponId: string): Promise<Call> {
    return this.post('issue', userId, `/coupons/${couponId}/issue`);
  }

  restock({ optionId }: Goods, delta: number): Promise<Call> {
    const path = `/admin/options/${optionId}/stock`;
    return this.act({ ...ADMIN, action: 'restock', method: 'POST', path, body: { delta } });
  }

  read(action: Action, userId: string, path: string): Promise<Call> {
    return this.act({ action, userId, method: 'GET', path });
  }

  private post(action: Action, userId: string, path: string, body?: unknown): Promise<Call> {
    return this.act({ action, userId, method: 'POST', path, ...(body !== undefined && { body }) });
  }

  private async act(intent: Omit<Intent, 'client'>): Promise<Call> {
    if (this.random.chance(NOISE)) await this.disturb(this.random.pick(noise));
    await this.pace.turn();
    return this.operations.perform({ ...intent, client: this.name }, this.random);
  }

  private async disturb(make: NoiseMaker): Promise<void> {
    const intent = make(this.stage, this.random);
    if (!intent) return;
    await this.pace.turn();
    await this.operations.perform({ ...intent, action: 'noise', client: this.name }, this.random);
  }

  /** Remembers what a call made; null when it was refused. */
  private made({ verdict, answer, userId }: Call, where: Stage['orders']): Owned | null {
    if (verdict !== 'done') return null;
    const { id } = answer as { id: string };
    where.add({ id, userId });
    return { id, userId };
  }
}
