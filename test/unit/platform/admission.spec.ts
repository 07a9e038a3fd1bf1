import { Logger } from '@nestjs/common';
import { Admission, type Urgency } from '../../../libs/platform/src/http/admission';

const LIMITS = {
  calm: 256,
  floor: 64,
  burst: 2_048,
  wait: 100,
  turn: 100,
  lasting: 1_000,
};

/** A shop that answers, first come, first served, as many requests a second as the test says. */
class Shop {
  private time = 0;
  readonly admission = new Admission(
    LIMITS,
    () => this.time,
    (turn) => this.turns.push(turn),
  );
  private readonly turns: (() => void)[] = [];
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

  /** As many as come, each let in or not, and answered in the turn in which it was read. */
  serveAtOnce(urgency: Urgency): number {
    if (!this.admission.admits(urgency)) return 0;
    this.admission.leave(this.admission.begin());
    return 1;
  }

  /** Time in which the event loop is held up. */
  spend(milliseconds: number): void {
    this.time += milliseconds;
  }

  /** Lets time pass in which so many of each come a second; tells how long whoever was answered has waited. */
  pass(milliseconds: number, perSecond: Partial<Record<Urgency, number>> = {}): number[] {
    const waits: number[] = [];
    const due = { payment: 0, order: 0, read: 0 };
    for (let passed = 0; passed < milliseconds; passed++) {
      for (const turn of this.turns.splice(0)) turn();
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
        this.admission.leave(arrival);
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

  it('refuses nobody of 128 callers who are all answered and come again in one turn of the event loop', () => {
    const shop = new Shop(0);

    for (let turn = 0; turn < 50; turn++) {
      for (let i = 0; i < 2 * 128; i++) expect(shop.serveAtOnce('read')).toBe(1);
      shop.pass(90);
    }
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

  it.each([
    [2, 2_000],
    [4, 2_000],
    [10, 2_000],
    [10, 400],
  ])('at %i times what a shop can answer, %i a second, keeps it at work and the waits short', (times, capacity) => {
    const shop = new Shop(capacity);
    // In the first second it looks like a crowd, in the next ones that is answered.
    shop.pass(7_000, { order: capacity * times });

    const waits = shop.pass(10_000, { order: capacity * times });

    expect(waits.length).toBeGreaterThan(9.9 * capacity);
    expect(Math.max(...waits)).toBeLessThan(150);
    expect(shop.admission.refused.order).toBeGreaterThan(9 * capacity * (times - 1));
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
    for (let i = 0; i < 200; i++) shop.admission.leave(0);
    shop.pass(1);
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

  it('counts who is answered at once with those who are read in the same turn: they have waited for it', () => {
    const shop = new Shop(1_000);
    expect(shop.come(3_000)).toBe(2_048);
    shop.pass(2_100, { read: 100 });
    shop.pass(200);

    const { read } = shop.admission.refused;
    let letIn = 0;
    for (let i = 0; i < 1_000; i++) letIn += shop.serveAtOnce('read');

    // Half of what is answered in a tenth of a second, after a lull a little less.
    expect(letIn).toBeGreaterThan(30);
    expect(letIn).toBeLessThanOrEqual(50);
    expect(shop.admission.refused.read - read).toBe(1_000 - letIn);
    shop.pass(1);
    expect(shop.serveAtOnce('read')).toBe(1);
  });

  it('sees the crowd that waits to be read by what comes again in each turn, though all were answered in between', () => {
    const shop = new Shop(0);
    const turn = (): number => {
      let letIn = 0;
      for (let i = 0; i < 400; i++) letIn += shop.serveAtOnce('order');
      shop.pass(300);
      return letIn;
    };

    expect([turn(), turn(), turn(), turn()]).toEqual([400, 400, 400, 400]);
    expect(turn()).toBeLessThan(300);
  });

  it('takes no time for quiet in which it only reads slowly', () => {
    const shop = new Shop(0);
    let letIn = 0;

    for (let turn = 0; turn < 5; turn++) {
      for (let i = 0; i < 400; i++) {
        letIn += shop.serveAtOnce('order');
        shop.spend(5);
      }
      shop.pass(1);
    }

    // All of the first turn, in the second until there are too many again, and then what can be answered.
    expect(letIn).toBeLessThan(400 + 257 + 3 * 64);
  });

  it('refuses reads alone while the event loop is late with few in one turn', () => {
    const shop = new Shop(0);
    const turn = (urgency: Urgency): number => {
      let letIn = 0;
      for (let i = 0; i < 60; i++) {
        letIn += shop.serveAtOnce(urgency);
        shop.spend(2);
      }
      shop.pass(1);
      return letIn;
    };

    for (let i = 0; i < 9; i++) expect(turn('read')).toBe(60);
    turn('read');

    expect(turn('read')).toBeLessThan(40);
    expect([turn('order'), turn('payment')]).toEqual([60, 60]);
    shop.pass(1_500);
    expect(turn('read')).toBe(60);
  });

  it('has forgotten an earlier crowd when the event loop is late', () => {
    const shop = new Shop(1_000);
    shop.come(300);
    shop.pass(2_000);

    let letIn = 0;
    for (let turn = 0; turn < 12; turn++) {
      for (let i = 0; i < 60; i++) {
        letIn += shop.serveAtOnce('order');
        shop.spend(2);
      }
      shop.pass(1);
    }

    expect(letIn).toBe(12 * 60);
  });

  it('takes crowds with some time between them for what they are', () => {
    const shop = new Shop(0);

    for (let crowd = 0; crowd < 10; crowd++) {
      for (let i = 0; i < 1_500; i++) shop.serveAtOnce('order');
      shop.pass(600);
    }

    expect(shop.admission.refused).toEqual(NOBODY);
  });
});
