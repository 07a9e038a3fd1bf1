import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { BackgroundUnitOfWork } from '../database/background-unit-of-work';
import { Background } from '../jobs/background';
import { Deliveries } from './deliveries';
import { DeliveriesController } from './deliveries.controller';
import { EventSender } from './event-sender';
import { Outbox } from './outbox';
import { OutboxRelay } from './outbox-relay';

@Module({})
class OutboxModule {}

/**
 * The outbox for every module, and the relay that empties it. Needs `jobsModule`. `sender` is a module that exports an
 * EventSender: the outbox knows nobody whom events are for.
 */
export function outboxModule(sender: Type): DynamicModule {
  return {
    module: OutboxModule,
    global: true,
    imports: [sender],
    controllers: [DeliveriesController],
    providers: [
      Outbox,
      Deliveries,
      {
        provide: OutboxRelay,
        inject: [Outbox, BackgroundUnitOfWork, EventSender, Background],
        // With deliveries of its own, past the connections of the customers.
        useFactory: (outbox: Outbox, unitOfWork: BackgroundUnitOfWork, sender: EventSender, background: Background) =>
          new OutboxRelay(outbox, new Deliveries(unitOfWork), sender, background),
      },
    ],
    exports: [Outbox],
  };
}
