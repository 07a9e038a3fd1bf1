import { BalanceModule } from '@app/balance';
import { CouponModule } from '@app/coupon';
import { OrderModule } from '@app/order';
import { DataPlatformModule, PaymentModule } from '@app/payment';
import {
  auditModule,
  Background,
  BackgroundUnitOfWork,
  DatabaseModule,
  type Env,
  envModule,
  httpModule,
  JobLog,
  jobsModule,
  LanesModule,
  metricsModule,
  outboxModule,
  ReadinessProbe,
  RedisModule,
  TypeOrmUnitOfWork,
} from '@app/platform';
import { ProductModule } from '@app/product';
import { RankingModule } from '@app/ranking';
import { Clock } from '@app/shared';
import { type DynamicModule, Global, Module, type Provider } from '@nestjs/common';
import { DatabaseReadiness } from './database-readiness';
import { SHOP_CHECKS } from './shop-checks';

@Global()
@Module({})
class ShopModule {}

/** The shop that serves: six business modules on one platform, HTTP, and what is done in the background, if it is. */
export function appModule(env: Env, background: Background): DynamicModule {
  const shop = shopModule(env, background);
  return {
    ...shop,
    imports: [...shop.imports, httpModule(env), metricsModule(env)],
    providers: [
      ...shop.providers,
      {
        provide: ReadinessProbe,
        inject: [BackgroundUnitOfWork, JobLog],
        useFactory: (unitOfWork: BackgroundUnitOfWork, jobs: JobLog) => new DatabaseReadiness(unitOfWork, jobs, env),
      },
    ],
    exports: [...shop.exports, ReadinessProbe],
  };
}

/**
 * The same modules for an operator's command: no HTTP, and nothing in the background. What it commits is relayed by the
 * shop that serves. The time of decisions is the database's, unless a clock is given: demo data has a past.
 */
export function commandModule(env: Env, clock?: Clock): DynamicModule {
  return shopModule(env, new Background(false), clock && { provide: Clock, useValue: clock });
}

function shopModule(
  env: Env,
  background: Background,
  clock: Provider<Clock> = { provide: Clock, useExisting: TypeOrmUnitOfWork },
) {
  return {
    module: ShopModule,
    imports: [
      envModule(env),
      DatabaseModule,
      RedisModule,
      LanesModule,
      jobsModule(background),
      outboxModule(DataPlatformModule),
      ProductModule,
      BalanceModule,
      CouponModule,
      OrderModule,
      PaymentModule,
      RankingModule,
      auditModule(SHOP_CHECKS),
    ],
    providers: [clock],
    exports: [Clock],
  };
}
