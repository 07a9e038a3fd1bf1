import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { Deliveries } from './deliveries';
import { DeliveriesController } from './deliveries.controller';
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
    providers: [Outbox, Deliveries, OutboxRelay],
    exports: [Outbox],
  };
}
