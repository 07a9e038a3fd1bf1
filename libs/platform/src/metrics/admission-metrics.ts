import { Injectable } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';
import { Admission, URGENCIES } from '../http/admission';

/** How many were refused for being too many: they are in no other number, for nothing else was done for them. */
@Injectable()
export class AdmissionMetrics {
  constructor({ refused }: Admission, registry: Registry) {
    new Counter({
      name: 'shop_requests_shed_total',
      help: 'Requests that were refused because there were too many',
      labelNames: ['class'],
      registers: [registry],
      collect() {
        this.reset();
        for (const urgency of URGENCIES) this.inc({ class: urgency }, refused[urgency]);
      },
    });
  }
}
