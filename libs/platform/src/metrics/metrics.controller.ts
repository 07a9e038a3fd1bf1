import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { prometheusContentType } from 'prom-client';
import { Admin, Public } from '../http/auth/access';
import { Scrape } from './scrape';

/** For Prometheus, not for clients: it is not in the OpenAPI document. */
abstract class MetricsController {
  constructor(private readonly scrape: Scrape) {}

  @Get()
  show(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    void reply.type(prometheusContentType);
    return this.scrape.text();
  }
}

@ApiExcludeController()
@Public()
@Controller('metrics')
export class OpenMetricsController extends MetricsController {
  constructor(scrape: Scrape) {
    super(scrape);
  }
}

/** Numbers tell how business goes: in production they are for a scraper that has the token of an admin. */
@ApiExcludeController()
@Admin()
@Controller('metrics')
export class AdminMetricsController extends MetricsController {
  constructor(scrape: Scrape) {
    super(scrape);
  }
}
