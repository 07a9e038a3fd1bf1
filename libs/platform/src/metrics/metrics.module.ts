import { type DynamicModule, Module } from '@nestjs/common';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Env } from '../config/env';
import { AdmissionMetrics } from './admission-metrics';
import { AdminMetricsController, OpenMetricsController } from './metrics.controller';
import { RequestMetrics } from './request-metrics';
import { Scrape } from './scrape';
import { ShopMetrics } from './shop-metrics';

@Module({})
class MetricsModule {}

/** `GET /metrics`: open to anyone, but for admins only with `NODE_ENV=production`. Needs `httpModule` and `auditModule`. */
export function metricsModule({ NODE_ENV }: Env): DynamicModule {
  return {
    module: MetricsModule,
    controllers: [NODE_ENV === 'production' ? AdminMetricsController : OpenMetricsController],
    providers: [
      { provide: Registry, useFactory: createRegistry },
      { provide: Scrape, inject: [Registry], useFactory: (registry: Registry) => Scrape.of(registry) },
      RequestMetrics,
      AdmissionMetrics,
      ShopMetrics,
    ],
  };
}

/** One for each application: the library's own is shared by all in a process. */
function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}
