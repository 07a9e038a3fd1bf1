import { EventSender, type OutgoingEvent } from '@app/platform';
import { Logger } from '@nestjs/common';

/** Stands in where no data platform is configured: every event is written to the log, and that is its delivery. */
export class LogEventSender extends EventSender {
  private readonly logger = new Logger(LogEventSender.name);

  async send({ id, type, payload }: OutgoingEvent): Promise<void> {
    this.logger.log(`${type} ${id} is not sent: no DATA_PLATFORM_URL is set`);
    this.logger.debug(payload);
  }
}
