import { Env, EventSender } from '@app/platform';
import { Module } from '@nestjs/common';
import { HttpEventSender } from './http-event-sender';
import { LogEventSender } from './log-event-sender';

/** The data platform that the environment names, else the log. */
export function dataPlatformOf({
  DATA_PLATFORM_URL: url,
  DATA_PLATFORM_SECRET: secret,
}: Pick<Env, 'DATA_PLATFORM_URL' | 'DATA_PLATFORM_SECRET'>): EventSender {
  return url !== undefined && secret !== undefined ? new HttpEventSender(url, secret) : new LogEventSender();
}

/** Brings the receiver of this module's events; the application gives it to the outbox. */
@Module({
  providers: [{ provide: EventSender, inject: [Env], useFactory: dataPlatformOf }],
  exports: [EventSender],
})
export class DataPlatformModule {}
