import { DataPlatform, type PaymentEvent } from '../../../libs/payment/src/application/ports/data-platform';

/** Keeps what it is told. */
export class RecordingDataPlatform extends DataPlatform {
  readonly events: PaymentEvent[] = [];

  async reportAll(events: readonly PaymentEvent[]): Promise<void> {
    this.events.push(...events);
  }
}
