import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import type { Env } from '../config/env';
import { Admission } from './admission';
import { AuthGuard } from './auth/auth.guard';
import { authProviders } from './auth/auth.providers';
import { TokenController } from './auth/token.controller';
import { Draining } from './draining';
import { HealthController } from './health.controller';
import { OwnAnswers } from './own-answers';
import { ProblemFilter } from './problem.filter';
import { RateLimitGuard } from './rate-limit.guard';
import { UndeclaredInputGuard } from './undeclared-input.guard';
import { StrictValidationPipe } from './validation.pipe';

/**
 * What holds for every route of every module. Needs `envModule` and, from a global module, a `ReadinessProbe`. The
 * guards run in this order.
 */
@Module({})
class HttpModule {}

export function httpModule(env: Env): DynamicModule {
  return {
    module: HttpModule,
    global: true,
    controllers: env.AUTH_MODE === 'dev' ? [HealthController, TokenController] : [HealthController],
    providers: [
      ...authProviders(env),
      Draining,
      OwnAnswers,
      { provide: Admission, useFactory: () => new Admission() },
      { provide: APP_FILTER, useClass: ProblemFilter },
      { provide: APP_GUARD, useClass: AuthGuard },
      { provide: APP_GUARD, useClass: RateLimitGuard },
      { provide: APP_GUARD, useClass: UndeclaredInputGuard },
      { provide: APP_PIPE, useClass: StrictValidationPipe },
    ],
    exports: [Admission, OwnAnswers],
  };
}
