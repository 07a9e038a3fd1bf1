import { attempt, Money } from '@app/shared';
import fc from 'fast-check';
import { Coupon } from '../../../libs/coupon/src/domain/coupon';
import type { CouponTerms } from '../../../libs/coupon/src/domain/coupon-terms';
import { Discount } from '../../../libs/coupon/src/domain/discount';
import { HeldCoupons } from '../../../libs/coupon/src/domain/held-coupons';
import { IssuedCoupon, type IssuedCouponStatus } from '../../../libs/coupon/src/domain/issued-coupon';
import { someTerms } from './coupon-samples';

const OPENS = new Date('2026-11-22T03:00:00.000Z').getTime();
/** Milliseconds that the window is open. */
const WINDOW = 100;
/** What an order must be worth for the coupon, in won. */
const MINIMUM = 1_000;

interface Step {
  readonly kind: 'issue' | 'reserve' | 'use' | 'release' | 'giveBack' | 'reload';
  readonly userId: string;
  readonly orderId: string;
  /** Won. */
  readonly subtotal: number;
  /** Milliseconds that pass before it. */
  readonly wait: number;
}

/** What the rules keep of a user's coupon. */
interface Held {
  readonly sequence: number;
  readonly status: IssuedCouponStatus;
  readonly orderId: string | null;
}

/** The sequence or the discount that was granted, or a word. */
type Ending = number | string;

const steps = fc.array(
  fc.record<Step>({
    kind: fc.constantFrom('issue', 'reserve', 'use', 'release', 'giveBack', 'reload'),
    userId: fc.constantFrom('kim', 'lee', 'park', 'choi'),
    orderId: fc.constantFrom('order-1', 'order-2'),
    subtotal: fc.integer({ min: MINIMUM - 200, max: MINIMUM + 2_000 }),
    // Tens, so that the edges of the window are met to the millisecond.
    wait: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, 10, 30),
  }),
  { maxLength: 50 },
);

/** A coupon, and when the first step comes: in milliseconds after the opening of the window. */
interface Setting {
  readonly type: 'FIXED' | 'PERCENT';
  readonly value: number;
  readonly cap: number | null;
  readonly total: number;
  readonly startsAt: number;
}

const settings = fc.record<Setting>({
  type: fc.constantFrom('FIXED', 'PERCENT'),
  value: fc.integer({ min: 1, max: 100 }),
  cap: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 200 })),
  total: fc.integer({ min: 1, max: 4 }),
  startsAt: fc.constantFrom(-30, -10, 0, 30, 60, 80),
});

/** FIXED discounts in steps of 50 won, so that some exceed an order. */
const discountValueOf = ({ type, value }: Setting): number => (type === 'FIXED' ? value * 50 : value);

/** The rules on plain numbers. */
class Model {
  readonly held = new Map<string, Held>();

  constructor(
    private readonly setting: Setting,
    public now = setting.startsAt,
  ) {}

  /** How a step ends; changes nothing when it is refused. */
  take({ kind, userId, orderId, subtotal }: Step): Ending {
    const mine = this.held.get(userId);
    if (kind === 'issue') return this.issue(userId);
    if (kind === 'reload') return 'done';
    if (!mine) return 'NOT_ISSUED';
    if (kind === 'reserve') return this.reserve(userId, mine, orderId, subtotal);
    const needed = kind === 'giveBack' ? 'USED' : 'RESERVED';
    if (mine.status !== needed || mine.orderId !== orderId) return 'bug';
    const after =
      kind === 'use' ? { status: 'USED' as const, orderId } : { status: 'AVAILABLE' as const, orderId: null };
    this.held.set(userId, { ...mine, ...after });
    return 'done';
  }

  private issue(userId: string): Ending {
    if (this.now < 0) return 'COUPON_NOT_STARTED';
    if (this.now >= WINDOW) return 'COUPON_EXPIRED';
    if (this.held.size === this.setting.total) return 'COUPON_SOLD_OUT';
    if (this.held.has(userId)) return 'COUPON_ALREADY_ISSUED';
    const sequence = this.held.size + 1;
    this.held.set(userId, { sequence, status: 'AVAILABLE', orderId: null });
    return sequence;
  }

  private reserve(userId: string, mine: Held, orderId: string, subtotal: number): Ending {
    if (this.now >= WINDOW) return 'EXPIRED';
    if (mine.status !== 'AVAILABLE') return mine.status;
    if (subtotal < MINIMUM) return 'ORDER_TOO_SMALL';
    this.held.set(userId, { ...mine, status: 'RESERVED', orderId });
    const value = discountValueOf(this.setting);
    const full = this.setting.type === 'FIXED' ? value : Math.floor((subtotal * value) / 100);
    return Math.min(full, this.setting.cap ?? full, subtotal);
  }
}

/** The real objects, loaded again now and then as each transaction does it. */
class Loaded {
  private issued: IssuedCoupon[] = [];
  private holders = new Set<string>();

  constructor(private coupon: Coupon) {}

  take({ kind, userId, orderId, subtotal }: Step, now: Date): Ending {
    const outcome = attempt(() => this.do(kind, userId, orderId, subtotal, now));
    if ('value' in outcome) return outcome.value;
    const { code, details } = outcome.refusal;
    return code === 'COUPON_NOT_USABLE' ? String(details.reason) : code;
  }

  get count(): number {
    return this.coupon.issued;
  }

  get held(): object[] {
    return this.issued.map(({ userId, sequence, status, orderId }) => ({ userId, sequence, status, orderId }));
  }

  private do(kind: Step['kind'], userId: string, orderId: string, subtotal: number, now: Date): Ending {
    if (kind === 'issue') {
      const issued = this.coupon.issueTo(userId, this.holders.has(userId), now);
      this.issued.push(issued);
      return issued.sequence;
    }
    if (kind === 'reload') return this.reload();
    const mine = new HeldCoupons(this.issued).of(this.coupon.terms.id, userId);
    if (kind === 'reserve') return mine.reserve(orderId, Money.of(subtotal), now).won;
    try {
      mine[kind](orderId);
      return 'done';
    } catch {
      return 'bug';
    }
  }

  private reload(): Ending {
    this.coupon = Coupon.restore(this.coupon.terms, this.coupon.issued);
    this.holders = new Set(this.issued.map(({ userId }) => userId));
    this.issued = this.issued.map(({ terms, userId, sequence, issuedAt, status, orderId }) =>
      IssuedCoupon.restore(terms, userId, sequence, issuedAt, { status, orderId }),
    );
    return 'done';
  }
}

describe('any sequence of issues, orders, payments and their ends', () => {
  it('numbers the winners without a gap, and leaves each coupon where the rules say', () => {
    fc.assert(
      fc.property(steps, settings, (sequence, setting) => {
        const loaded = new Loaded(Coupon.open(termsOf(setting)));
        const model = new Model(setting);
        for (const step of sequence) {
          model.now += step.wait;
          const ending = loaded.take(step, new Date(OPENS + model.now));
          expect({ step, ending, issued: loaded.count, held: loaded.held }).toEqual({
            step,
            ending: model.take(step),
            issued: model.held.size,
            held: [...model.held].map(([userId, held]) => ({ userId, ...held })),
          });
        }
      }),
      { numRuns: 500 },
    );
  });
});

function termsOf(setting: Setting): CouponTerms {
  return someTerms({
    discount: new Discount(setting.type, discountValueOf(setting), setting.cap === null ? null : Money.of(setting.cap)),
    minOrderAmount: Money.of(MINIMUM),
    totalQuantity: setting.total,
    validFrom: new Date(OPENS),
    validUntil: new Date(OPENS + WINDOW),
  });
}
