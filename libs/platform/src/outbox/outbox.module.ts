import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { Deliveries } from './deliveries';
import { DeliveriesController } from './deliveries.controller';
import { Outbox } from './outbox';
import { OutboxRelay } from './outbox-relay';

/** The outbox for every module, and the relay that empties it. Needs `jobsModule`. */
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: the form of a dynamic module in Nest
export class OutboxModule {
  /** `sender` is a module that exports an EventSender: the outbox knows nobody whom events are for. */
  static relayingTo(sender: Type): DynamicModule {
    return {
      module: OutboxModule,
      global: true,
      imports: [sender],
      controllers: [DeliveriesController],
      providers: [Outbox, Deliveries, OutboxRelay],
      exports: [Outbox, OutboxRelay],
    };
  }
}
