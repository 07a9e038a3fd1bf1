import { Logger } from '@nestjs/common';
import { Admission, type Urgency } from '../../../libs/platform/src/http/admission';

const LIMITS = { floor: 256, burst: 2_048, wait: 100, lasting: 1_000 };

/** A shop that answers, first come, first served, as many requests a second as the test says. */
class Shop {
  readonly load = { isHigh: false };
  private time = 0;
  readonly admission = new Admission(this.load, LIMITS, () => this.time);
  private readonly arrivals: number[] = [];
  private answers = 0;

  constructor(private readonly capacity: number) {}

  get inFlight(): number {
    return this.arrivals.length;
  }

  /** How many of so many are let in that come at once. */
  come(count: number, urgency: Urgency = 'order'): number {
    const before = this.inFlight;
    for (let i = 0; i < count; i++) {
      if (!this.admission.admits(urgency)) continue;
      this.admission.begin();
      this.arrivals.push(this.time);
    }
    return this.inFlight - before;
  }

  /** Lets time pass in which so many of each come a second; tells how long whoever was answered has waited. */
  pass(milliseconds: number, perSecond: Partial<Record<Urgency, number>> = {}): number[] {
    const waits: number[] = [];
    const due = { payment: 0, order: 0, read: 0 };
    for (let passed = 0; passed < milliseconds; passed++) {
      this.time += 1;
      for (const urgency of Object.keys(due) as Urgency[]) {
        due[urgency] += (perSecond[urgency] ?? 0) / 1_000;
        this.come(Math.floor(due[urgency]), urgency);
        due[urgency] %= 1;
      }
      this.answers += this.capacity / 1_000;
      while (this.answers >= 1) {
        this.answers -= 1;
        const arrival = this.arrivals.shift();
        if (arrival === undefined) continue;
        waits.push(this.time - arrival);
        this.admission.leave();
      }
    }
    return waits;
  }
}

const NOBODY = { read: 0, order: 0, payment: 0 };

beforeAll(() => Logger.overrideLogger(false));

describe('the admission', () => {
  it('refuses nobody of 256 callers who each wait for their answer, however slow the shop is', () => {
    const shop = new Shop(50);

    for (let i = 0; i < 20_000; i += 5) {
      shop.come(256 - shop.inFlight, 'read');
      shop.pass(5);
    }

    expect(shop.admission.refused).toEqual(NOBODY);
  });

  it.each([
    [2_000, 400],
    [1_000, 250],
  ])('lets a crowd of %i in that comes to a quiet shop, though that answers %i a second', (crowd, capacity) => {
    const shop = new Shop(capacity);

    for (let come = 0; come < crowd; come += 10) {
      shop.come(10, 'read');
      shop.pass((10 / crowd) * 900);
    }
    shop.pass(8_000);

    expect(shop.admission.refused).toEqual(NOBODY);
    expect(shop.inFlight).toBe(0);
  });

  it.each([2, 4, 10])('at %i times what the shop can answer keeps the waits short and the shop at work', (times) => {
    const shop = new Shop(2_000);
    // In the first second it looks like a crowd, in the next ones that is answered.
    shop.pass(3_000, { order: 2_000 * times });

    const waits = shop.pass(10_000, { order: 2_000 * times });

    expect(waits.length).toBeGreaterThan(19_900);
    expect(Math.max(...waits)).toBeLessThan(150);
    expect(shop.admission.refused.order).toBeGreaterThan(10_000 * (times - 1));
  });

  it('lets more in where more is answered', () => {
    const shop = new Shop(20_000);
    shop.pass(2_000, { order: 40_000 });

    shop.pass(1_000, { order: 40_000 });

    expect(shop.inFlight).toBeGreaterThan(1_400);
    expect(shop.inFlight).toBeLessThan(1_700);
  });

  it('refuses reads before orders, and orders before payments', () => {
    const shop = new Shop(1_000);
    shop.pass(2_000, { payment: 2_000 });
    shop.pass(1_000, { payment: 100 });
    const { refused } = shop.admission;
    const of = (urgency: Urgency, offered: object): number => {
      const before = refused[urgency];
      shop.pass(3_000, offered);
      return refused[urgency] - before;
    };

    // Payments and orders together are no more than can be answered, with the reads they are.
    expect(of('read', { payment: 300, order: 300, read: 4_000 })).toBeGreaterThan(9_000);
    expect([refused.order, of('payment', { payment: 300, order: 3_000, read: 100 })]).toEqual([0, 0]);
    expect(refused.order).toBeGreaterThan(5_000);
    expect(of('payment', { payment: 4_000 })).toBeGreaterThan(8_000);
  });

  it('lets payments in while nothing is answered, up to the limit', () => {
    const shop = new Shop(0);
    shop.come(230, 'order');
    shop.come(30, 'payment');
    shop.pass(1_000);
    shop.come(1);
    shop.pass(5_000);

    expect([shop.come(1, 'read'), shop.come(1, 'order'), shop.come(1, 'payment')]).toEqual([0, 0, 0]);
    for (let i = 0; i < 21; i++) shop.admission.leave();
    expect([shop.come(1, 'read'), shop.come(1, 'order'), shop.come(1, 'payment')]).toEqual([0, 0, 1]);
  });

  it('is over the rush once it has refused nobody for a second', () => {
    const shop = new Shop(1_000);
    shop.pass(3_000, { order: 3_000 });
    shop.pass(500);
    expect(shop.come(400)).toBeLessThan(250);

    shop.pass(1_500);

    expect(shop.come(400)).toBe(400);
  });

  it('refuses reads, and nothing else, while the event loop is late', () => {
    const shop = new Shop(1_000);
    shop.load.isHigh = true;

    expect([shop.come(9, 'read'), shop.come(9, 'order'), shop.come(9, 'payment')]).toEqual([0, 9, 9]);

    shop.load.isHigh = false;
    expect(shop.come(9, 'read')).toBe(9);
  });
});
