import { randomUUID } from 'node:crypto';
import { Money } from '@app/shared';
import { CouponRow } from '../../libs/coupon/src/adapters/persistence/coupon.row';
import { IssuedCouponRow } from '../../libs/coupon/src/adapters/persistence/issued-coupon.row';
import { TypeOrmCouponRepository } from '../../libs/coupon/src/adapters/persistence/typeorm-coupon.repository';
import { TypeOrmIssuedCouponRepository } from '../../libs/coupon/src/adapters/persistence/typeorm-issued-coupon.repository';
import {
  CouponService,
  type CreateCoupon,
  type IssuedCouponView,
} from '../../libs/coupon/src/application/coupon.service';
import {
  CouponAlreadyIssuedException,
  CouponExpiredException,
  CouponNotStartedException,
  CouponNotUsableException,
  CouponSoldOutException,
} from '../../libs/coupon/src/domain/coupon.exceptions';
import { Discount } from '../../libs/coupon/src/domain/discount';
import { IssuedCoupon } from '../../libs/coupon/src/domain/issued-coupon';
import { TypeOrmUnitOfWork } from '../../libs/platform/src/database/typeorm-unit-of-work';
import { openDatabase, type TestDatabase, times } from '../support/database';

const HOUR = 3_600_000;
const ENOUGH = Money.of(10_000);
let database: TestDatabase;
let service: CouponService;

beforeAll(async () => {
  database = await openDatabase([CouponRow, IssuedCouponRow]);
  service = anInstance();
});

afterAll(() => database?.close());

/** The service of one more instance: with lanes of its own, over the same database. */
function anInstance(): CouponService {
  const { clock, lanes, unitOfWork } = database;
  return new CouponService(
    new TypeOrmCouponRepository(unitOfWork),
    new TypeOrmIssuedCouponRepository(unitOfWork),
    unitOfWork,
    clock,
    lanes(),
  );
}

async function aCoupon(command: Partial<CreateCoupon> = {}): Promise<string> {
  const { terms } = await service.create({
    name: '선착순 3천원 할인',
    discount: new Discount('FIXED', 3_000),
    minOrderAmount: ENOUGH,
    totalQuantity: 100,
    validFrom: new Date(Date.now() - HOUR),
    validUntil: new Date(Date.now() + HOUR),
    ...command,
  });
  return terms.id;
}

const granted = <T>(outcomes: PromiseSettledResult<T>[]): T[] =>
  outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
const refusals = (outcomes: PromiseSettledResult<unknown>[]): string[] =>
  outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [String(outcome.reason.name)] : []));
const oneTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
const sequencesOf = (issued: readonly IssuedCouponView[]): number[] =>
  issued.map(({ sequence }) => sequence).sort((a, b) => a - b);

/** What the database holds of a coupon: the counter, and what it counts. */
async function stored(couponId: string): Promise<{ issued: number; sequences: number[]; holders: number }> {
  const { issued } = await database.dataSource.getRepository(CouponRow).findOneByOrFail({ id: couponId });
  const rows = await database.dataSource.getRepository(IssuedCouponRow).findBy({ couponId });
  return {
    issued,
    sequences: rows.map(({ sequence }) => sequence).sort((a, b) => a - b),
    holders: new Set(rows.map(({ userId }) => userId)).size,
  };
}

/** Asks the server until that many of its connections wait for somebody's lock. */
async function untilWaitingForLocks(count: number): Promise<void> {
  for (;;) {
    const rows = await database.dataSource.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if (rows.length === count) return;
  }
}

describe('a rush for a coupon', () => {
  it.each([
    ['one instance', 1],
    ['two instances', 2],
  ])('gives 100 of 600 callers one, numbered 1 to 100, at %s', async (_, count) => {
    const couponId = await aCoupon({ totalQuantity: 100 });
    const instances = Array.from({ length: count }, anInstance);

    const outcomes = await times(600, (i) => instances[i % count]!.issue({ userId: `user-${i}`, couponId }));

    expect(sequencesOf(granted(outcomes))).toEqual(oneTo(100));
    expect(refusals(outcomes)).toEqual(Array(500).fill(CouponSoldOutException.name));
    expect(await stored(couponId)).toEqual({ issued: 100, sequences: oneTo(100), holders: 100 });
  });

  it.each([
    ['one instance', 1],
    ['two instances', 2],
  ])('gives one to a user who asks 50 times at once, at %s', async (_, count) => {
    const couponId = await aCoupon();
    const instances = Array.from({ length: count }, anInstance);

    const outcomes = await times(50, (i) => instances[i % count]!.issue({ userId: 'kim', couponId }));

    expect(sequencesOf(granted(outcomes))).toEqual([1]);
    expect(refusals(outcomes)).toEqual(Array(49).fill(CouponAlreadyIssuedException.name));
    expect(await stored(couponId)).toEqual({ issued: 1, sequences: [1], holders: 1 });
  });

  it('serves everybody while there is enough, for coupons that are asked for in opposite orders', async () => {
    const ids = [await aCoupon(), await aCoupon()];
    const instances = [anInstance(), anInstance()];

    const outcomes = await times(160, (i) => {
      const userId = `user-${i >> 1}`;
      return instances[(i >> 1) % 2]!.issue({ userId, couponId: ids[(i + (i >> 1)) % 2]! });
    });

    expect(refusals(outcomes)).toEqual([]);
    for (const id of ids) expect(await stored(id)).toEqual({ issued: 80, sequences: oneTo(80), holders: 80 });
  });

  it('decides whoever waited for the lock by what was issued meanwhile', async () => {
    const couponId = await aCoupon();
    // Another instance, in the middle of its batch; what it runs does not join the units of work of ours.
    const other = new TypeOrmUnitOfWork(database.dataSource);
    const coupons = new TypeOrmCouponRepository(other);

    const waiting = await other.run(async () => {
      const locked = await coupons.lockAll([couponId]);
      const issued = locked.get(couponId)!.issueTo('kim', false, await other.now());
      await new TypeOrmIssuedCouponRepository(other).addAll([issued]);
      await coupons.saveAll(locked.values());
      const callers = ['kim', 'lee'].map((userId) => anInstance().issue({ userId, couponId }));
      const outcomes = Promise.allSettled(callers);
      await untilWaitingForLocks(2);
      return { outcomes };
    });

    const outcomes = await waiting.outcomes;
    expect(refusals(outcomes)).toEqual([CouponAlreadyIssuedException.name]);
    expect(sequencesOf(granted(outcomes))).toEqual([2]);
    expect(await stored(couponId)).toEqual({ issued: 2, sequences: [1, 2], holders: 2 });
  });

  it.each([
    ['before its start', HOUR, 2 * HOUR, CouponNotStartedException],
    ['after its end', -2 * HOUR, -HOUR, CouponExpiredException],
  ])('is refused %s', async (_, from, until, exception) => {
    const [validFrom, validUntil] = [new Date(Date.now() + from), new Date(Date.now() + until)];
    const couponId = await aCoupon({ validFrom, validUntil });

    const outcomes = await times(30, (i) => service.issue({ userId: `user-${i}`, couponId }));

    expect(refusals(outcomes)).toEqual(Array(30).fill(exception.name));
    expect(await stored(couponId)).toEqual({ issued: 0, sequences: [], holders: 0 });
  });
});

describe('an issued coupon', () => {
  async function anIssuedCoupon(): Promise<{ couponId: string; userId: string }> {
    const ref = { couponId: await aCoupon(), userId: 'kim' };
    await service.issue(ref);
    return ref;
  }

  function reserve(ref: { couponId: string; userId: string }, orderId: string): Promise<Money> {
    return database.unitOfWork.run(async () => {
      const held = await service.lockAll([ref]);
      const discount = held.of(ref.couponId, ref.userId).reserve(orderId, ENOUGH, await database.clock.now());
      await service.saveAll(held);
      return discount;
    });
  }

  const useOf = async (ref: { couponId: string; userId: string }) => {
    const { status, orderId } = await database.dataSource.getRepository(IssuedCouponRow).findOneByOrFail(ref);
    return { status, orderId };
  };

  it('is reserved by exactly one of 20 orders at once', async () => {
    const ref = await anIssuedCoupon();
    const orders = Array.from({ length: 20 }, () => randomUUID());

    const outcomes = await times(20, (i) => reserve(ref, orders[i]!));

    expect(granted(outcomes)).toEqual([Money.of(3_000)]);
    expect(refusals(outcomes)).toEqual(Array(19).fill(CouponNotUsableException.name));
    const winner = orders[outcomes.findIndex(({ status }) => status === 'fulfilled')];
    expect(await useOf(ref)).toEqual({ status: 'RESERVED', orderId: winner });
  });

  it('is released exactly once by 20 that give the order up at once', async () => {
    const [ref, orderId] = [await anIssuedCoupon(), randomUUID()];
    await reserve(ref, orderId);

    const outcomes = await times(20, () =>
      database.unitOfWork.run(async () => {
        const held = await service.lockAll([ref]);
        held.of(ref.couponId, ref.userId).release(orderId);
        await service.saveAll(held);
      }),
    );

    expect(granted(outcomes)).toHaveLength(1);
    expect(await useOf(ref)).toEqual({ status: 'AVAILABLE', orderId: null });
  });

  it('stays available when the order that reserved it is rolled back', async () => {
    const ref = await anIssuedCoupon();

    const failed = database.unitOfWork.run(async () => {
      await reserve(ref, randomUUID());
      throw new Error('the order failed');
    });

    await expect(failed).rejects.toThrow('the order failed');
    expect(await useOf(ref)).toEqual({ status: 'AVAILABLE', orderId: null });
  });

  it('never deadlocks when coupons are named in opposite orders', async () => {
    const refs = [await anIssuedCoupon(), await anIssuedCoupon()];

    const outcomes = await times(20, (i) =>
      database.unitOfWork.run(async () => {
        const orders = [randomUUID(), randomUUID()];
        const held = await service.lockAll(i % 2 ? refs : [...refs].reverse());
        for (const [at, { couponId, userId }] of refs.entries()) {
          held.of(couponId, userId).reserve(orders[at]!, ENOUGH, await database.clock.now());
          held.of(couponId, userId).release(orders[at]!);
          held.of(couponId, userId).reserve(orders[at]!, ENOUGH, await database.clock.now());
          held.of(couponId, userId).use(orders[at]!);
          held.of(couponId, userId).giveBack(orders[at]!);
        }
        await service.saveAll(held);
      }),
    );

    expect(refusals(outcomes)).toEqual([]);
  });

  it('can be reserved while others are being issued: its coupon is not locked', async () => {
    const ref = await anIssuedCoupon();
    // A unit of work beside ours: what it runs does not join the one below.
    const beside = new TypeOrmUnitOfWork(database.dataSource);
    const issuing = new TypeOrmCouponRepository(beside);

    const discount = await beside.run(async () => {
      await issuing.lockAll([ref.couponId]);
      return reserve(ref, randomUUID());
    });

    expect(discount).toEqual(Money.of(3_000));
  });

  it.each([
    ['a second one to the same user', 'issued_coupon_pkey', 'kim', 2],
    ['the same number to two users', 'issued_coupon_sequence_once', 'lee', 1],
  ])('is refused by the schema itself as %s', async (_, constraint, userId, sequence) => {
    const { couponId } = await anIssuedCoupon();
    const { unitOfWork, clock } = database;
    const issued = new TypeOrmIssuedCouponRepository(unitOfWork);

    const forged = unitOfWork.run(async () => {
      const { terms } = (await new TypeOrmCouponRepository(unitOfWork).lockAll([couponId])).get(couponId)!;
      await issued.addAll([IssuedCoupon.issue(terms, userId, sequence, await clock.now())]);
    });

    await expect(forged).rejects.toThrow(constraint);
    expect(await stored(couponId)).toEqual({ issued: 1, sequences: [1], holders: 1 });
  });

  it('cannot be locked outside a unit of work', async () => {
    const ref = await anIssuedCoupon();

    await expect(service.lockAll([ref])).rejects.toThrow('an open unit of work is required');
  });
});
