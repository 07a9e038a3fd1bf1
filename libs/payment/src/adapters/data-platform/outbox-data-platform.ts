import { Outbox } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { uuidv7 } from 'uuidv7';
import { DataPlatform, type PaymentEvent } from '../../application/ports/data-platform';

/** Reports through the outbox: in the payment's transaction, delivered after its commit, at least once. */
@Injectable()
export class OutboxDataPlatform extends DataPlatform {
  constructor(private readonly outbox: Outbox) {
    super();
  }

  reportAll(events: readonly PaymentEvent[]): Promise<void> {
    return this.outbox.addAll(
      events.map(({ type, at, data }) => ({ id: uuidv7(), type, subjectId: data.paymentId, payload: data, at })),
    );
  }
}
