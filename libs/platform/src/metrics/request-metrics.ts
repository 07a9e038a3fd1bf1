import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { Histogram, Registry } from 'prom-client';

/** How long requests took, by route as it is declared: an id in an address makes no series of its own. */
@Injectable()
export class RequestMetrics {
  constructor({ httpAdapter }: HttpAdapterHost, registry: Registry) {
    const duration = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the arrival of a request until its answer was sent',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers: [registry],
    });
    httpAdapter.getInstance<FastifyInstance>().traffic.on('answered', (answered) => {
      const { method, route = 'none', status } = answered;
      duration.observe({ method, route, status }, answered.duration / 1_000);
    });
  }
}
