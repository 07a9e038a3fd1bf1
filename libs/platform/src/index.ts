export { Env, InvalidEnvException, loadEnv } from './config/env';
export { envModule } from './config/env.module';
export { DatabaseModule } from './database/database.module';
export { databaseOptions } from './database/database-options';
export { DependencyUnavailableException } from './database/failures';
export { Table } from './database/table';
export { TypeOrmUnitOfWork } from './database/typeorm-unit-of-work';
export { ApiPage } from './http/api-page';
export { ApiProblems } from './http/api-problems';
export { Admin, CallerId, Customer, Public } from './http/auth/access';
export { DevTokenIssuer } from './http/auth/dev-token-issuer';
export { CreatedAt } from './http/created-at';
export { decodeCursor, encodeCursor } from './http/cursor';
export {
  IsFlag,
  IsId,
  IsIntBetween,
  IsIntInQuery,
  IsListOf,
  IsOneOf,
  IsQuantity,
  IsText,
  IsTimestamp,
  IsWon,
} from './http/fields';
export { httpModule } from './http/http.module';
export { configureHttp, createHttpAdapter } from './http/http-server';
export { IdParam } from './http/id.pipe';
export { Idempotent } from './http/idempotency.interceptor';
export { JsonLogger } from './http/logging';
export { PageQuery } from './http/page.query';
export { type Health, ReadinessProbe } from './http/readiness-probe';
export { JobRunner } from './jobs/job-runner';
export { JobsModule } from './jobs/jobs.module';
export { IdempotencyKeys } from './lanes/idempotency-keys';
export { LanesModule } from './lanes/lanes.module';
export { type Advice, DeliveryFailedException, EventSender, type OutgoingEvent } from './outbox/event-sender';
export { Outbox } from './outbox/outbox';
export { OutboxModule } from './outbox/outbox.module';
export { OutboxRelay } from './outbox/outbox-relay';
export { RecentReads } from './reads/recent-reads';
export { RedisConnection } from './redis/redis';
export { RedisModule } from './redis/redis.module';
