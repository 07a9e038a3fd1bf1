import { randomUUID } from 'node:crypto';
import { Money } from '@app/shared';
import { CouponRow } from '../../libs/coupon/src/adapters/persistence/coupon.row';
import { IssuedCouponRow } from '../../libs/coupon/src/adapters/persistence/issued-coupon.row';
import { TypeOrmCouponRepository } from '../../libs/coupon/src/adapters/persistence/typeorm-coupon.repository';
import { TypeOrmIssuedCouponRepository } from '../../libs/coupon/src/adapters/persistence/typeorm-issued-coupon.repository';
import { CouponService } from '../../libs/coupon/src/application/coupon.service';
import { Discount } from '../../libs/coupon/src/domain/discount';
import { openDatabase, type TestDatabase } from '../support/database';

const HOUR = 3_600_000;
const ONE_SECOND = 1_000;
let database: TestDatabase;

beforeEach(async () => {
  database = await openDatabase([CouponRow, IssuedCouponRow]);
});

afterEach(() => database?.close());

function anInstance(): CouponService {
  const { clock, lanes, unitOfWork } = database;
  const coupons = new TypeOrmCouponRepository(unitOfWork);
  return new CouponService(coupons, new TypeOrmIssuedCouponRepository(unitOfWork), unitOfWork, clock, lanes());
}

async function aCoupon(service: CouponService): Promise<string> {
  const { terms } = await service.create({
    name: '선착순 3천원 할인',
    discount: new Discount('FIXED', 3_000),
    minOrderAmount: Money.of(10_000),
    totalQuantity: 2,
    validFrom: new Date(Date.now() - HOUR),
    validUntil: new Date(Date.now() + HOUR),
  });
  return terms.id;
}

async function remaining(service: CouponService): Promise<number[]> {
  return (await service.list({ limit: 100 })).items.map((coupon) => coupon.remaining);
}

describe('the list of coupons that can be issued', () => {
  it('shows what this instance has written at once, though it is read from memory', async () => {
    const service = anInstance();
    expect(await remaining(service)).toEqual([]);

    const couponId = await aCoupon(service);
    expect(await remaining(service)).toEqual([2]);

    await service.issue({ userId: randomUUID(), couponId });
    expect(await remaining(service)).toEqual([1]);

    await service.issue({ userId: randomUUID(), couponId });
    expect(await remaining(service)).toEqual([]);
  });

  it('shows within a second what another instance has written, and is read from memory until then', async () => {
    const here = anInstance();
    const couponId = await aCoupon(here);
    expect(await remaining(here)).toEqual([2]);
    const readAt = performance.now();

    await anInstance().issue({ userId: randomUUID(), couponId });

    const next = await remaining(here);
    if (performance.now() - readAt < ONE_SECOND) expect(next).toEqual([2]);
    while ((await remaining(here))[0] !== 1) expect(performance.now() - readAt).toBeLessThan(2 * ONE_SECOND);
  });
});
