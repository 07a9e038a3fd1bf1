import { BalanceModule } from '@app/balance';
import { CouponModule } from '@app/coupon';
import { OrderModule } from '@app/order';
import { DataPlatformModule, PaymentModule } from '@app/payment';
import {
  DatabaseModule,
  type Env,
  envModule,
  httpModule,
  JobsModule,
  LanesModule,
  OutboxModule,
  ReadinessProbe,
  RedisModule,
  TypeOrmUnitOfWork,
} from '@app/platform';
import { ProductModule } from '@app/product';
import { RankingModule } from '@app/ranking';
import { Clock } from '@app/shared';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { DatabaseReadiness } from './database-readiness';

@Global()
@Module({})
class ShopModule {}

/**
 * The whole shop: six business modules on one platform. The time of decisions is the database's, unless a clock is
 * given: demo data has a past.
 */
export function appModule(env: Env, clock?: Clock): DynamicModule {
  return {
    module: ShopModule,
    imports: [
      envModule(env),
      DatabaseModule,
      RedisModule,
      LanesModule,
      JobsModule,
      OutboxModule.relayingTo(DataPlatformModule),
      httpModule(env),
      ProductModule,
      BalanceModule,
      CouponModule,
      OrderModule,
      PaymentModule,
      RankingModule,
    ],
    providers: [
      clock ? { provide: Clock, useValue: clock } : { provide: Clock, useExisting: TypeOrmUnitOfWork },
      { provide: ReadinessProbe, useClass: DatabaseReadiness },
    ],
    exports: [Clock, ReadinessProbe],
  };
}
