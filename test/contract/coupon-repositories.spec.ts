import { CouponRow } from '../../libs/coupon/src/adapters/persistence/coupon.row';
import { IssuedCouponRow } from '../../libs/coupon/src/adapters/persistence/issued-coupon.row';
import { TypeOrmCouponRepository } from '../../libs/coupon/src/adapters/persistence/typeorm-coupon.repository';
import { TypeOrmIssuedCouponRepository } from '../../libs/coupon/src/adapters/persistence/typeorm-issued-coupon.repository';
import { openDatabase, type TestDatabase } from '../support/database';
import { ImmediateUnitOfWork } from '../support/fakes/immediate-unit-of-work';
import { InMemoryCouponRepository } from '../support/fakes/in-memory-coupon.repository';
import { InMemoryIssuedCouponRepository } from '../support/fakes/in-memory-issued-coupon.repository';
import { SetClock } from '../support/fakes/set-clock';
import { couponRepositoriesContract } from './coupon-repositories.contract';

describe('in memory', () => {
  couponRepositoriesContract(async () => {
    const clock = new SetClock();
    return {
      coupons: new InMemoryCouponRepository(clock),
      issued: new InMemoryIssuedCouponRepository(),
      unitOfWork: new ImmediateUnitOfWork(),
      clock,
    };
  });
});

describe('in PostgreSQL', () => {
  let database: TestDatabase | undefined;

  afterEach(async () => {
    await database?.close();
    database = undefined;
  });

  couponRepositoriesContract(async () => {
    database = await openDatabase([CouponRow, IssuedCouponRow]);
    const { unitOfWork, clock } = database;
    return {
      coupons: new TypeOrmCouponRepository(unitOfWork),
      issued: new TypeOrmIssuedCouponRepository(unitOfWork),
      unitOfWork,
      clock,
    };
  });
});
