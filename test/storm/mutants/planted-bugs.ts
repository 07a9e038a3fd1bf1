import type { Patch } from '../world/armed-build';

/** A mistake that shops make, made on purpose in a copy of the build, in its database or in its server's settings. */
export interface PlantedBug {
  readonly name: string;
  /** What a shop with this mistake does. */
  readonly consequence: string;
  readonly patches?: readonly Patch[];
  /** Run over the migrated schema. */
  readonly schema?: readonly string[];
  readonly postgresSettings?: Readonly<Record<string, string>>;
  /** The kinds of faults that show it; all without. */
  readonly only?: readonly string[];
}

const BATCH = 'libs/platform/src/lanes/batch-transaction.js';
const UNIT_OF_WORK = 'libs/platform/src/database/typeorm-unit-of-work.js';
const TRANSACTION = 'libs/platform/src/database/pipelined-transaction.js';
const DELIVERIES = 'libs/platform/src/outbox/deliveries.js';
const STOCK_ROOM = 'libs/product/src/adapters/persistence/typeorm-stock-room.js';

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'no idempotency',
    consequence: 'every retry is done again',
    patches: [{ file: BATCH, from: 'this.keys.claimNew(holders)', to: 'undefined' }],
  },
  {
    name: 'key in its own transaction',
    consequence: 'a crash between the two leaves a key without its effect',
    patches: [
      {
        file: BATCH,
        from: 'this.keys.claimNew(holders)',
        to: 'this.unitOfWork.current.exit(() => this.unitOfWork.run(() => this.keys.claimNew(holders)))',
      },
    ],
  },
  {
    name: 'no unique key',
    consequence: 'two instances claim one key',
    schema: ['ALTER TABLE idempotency_key DROP CONSTRAINT idempotency_key_pkey'],
  },
  {
    name: 'no lock on stock',
    consequence: 'two orders reserve the same units',
    patches: [{ file: STOCK_ROOM, from: `.setLock('for_no_key_update', undefined, ['option'])`, to: '' }],
  },
  {
    name: 'no lock on balances',
    consequence: 'two charges add to the same balance',
    patches: [
      {
        file: 'libs/balance/src/adapters/persistence/typeorm-balance.repository.js',
        from: `.setLock('for_no_key_update')`,
        to: '',
      },
    ],
    // Otherwise the number of the ledger row is a lock of its own: who comes second runs again.
    schema: ['ALTER TABLE balance_transaction DROP CONSTRAINT balance_transaction_sequence_once'],
  },
  {
    name: 'coupons counted without a lock',
    consequence: 'more winners than coupons, or two with one number',
    patches: [
      {
        file: 'libs/coupon/src/adapters/persistence/typeorm-coupon.repository.js',
        from: `.setLock('for_no_key_update')`,
        to: '',
      },
    ],
    schema: ['ALTER TABLE issued_coupon DROP CONSTRAINT issued_coupon_sequence_once'],
  },
  {
    name: 'event sent inside of the transaction',
    consequence: 'the platform hears of payments that were rolled back',
    patches: [
      {
        file: 'libs/payment/src/adapters/data-platform/outbox-data-platform.js',
        from: 'return this.outbox.addAll(',
        to: `const { HttpEventSender } = require('./http-event-sender');
        const platform = new HttpEventSender(process.env.DATA_PLATFORM_URL, process.env.DATA_PLATFORM_SECRET);
        const sent = events.map(({ type, at, data }) =>
            platform.send({ id: (0, uuidv7_1.uuidv7)(), type, payload: data, at, attempt: 1, attemptedAt: at }).catch(() => {}));
        return Promise.all(sent).then(() => this.outbox).then((outbox) => outbox.addAll(`,
      },
      {
        file: 'libs/payment/src/adapters/data-platform/outbox-data-platform.js',
        from: 'payload: data, at })));',
        to: 'payload: data, at }))));',
      },
    ],
  },
  {
    name: 'event written after the commit',
    consequence: 'a crash in between loses the event',
    patches: [
      {
        file: 'libs/platform/src/outbox/outbox.js',
        from: 'this.unitOfWork.send(',
        to: `const outside = (...query) => setImmediate(() => void this.unitOfWork.query(...query).catch(() => {}));
        this.unitOfWork.afterCommit(() => outside(...later));
        const later = [];
        ((...query) => later.push(...query))(`,
      },
    ],
  },
  {
    name: 'event marked before it is sent',
    consequence: 'what the platform refuses is never sent again',
    patches: [
      {
        file: DELIVERIES,
        from: "SET lease = $1, attempts = attempts + 1, next_attempt_at = now() + interval '30 seconds'",
        to: "SET lease = $1, attempts = attempts + 1, status = 'DELIVERED', delivered_at = now()",
      },
    ],
  },
  {
    name: 'relay with a cursor',
    consequence: 'an event that is committed after a later one is never sent',
    patches: [
      {
        file: DELIVERIES,
        from: "WHERE status = 'PENDING' AND next_attempt_at <= now()",
        to: `WHERE status = 'PENDING' AND id > (SELECT COALESCE(max(id::text)::uuid, '00000000-0000-0000-0000-000000000000')
             FROM outbox_event WHERE attempts > 0)`,
      },
    ],
  },
  {
    name: 'statements timed by the shop',
    consequence: 'a connection goes to the next user in the middle of a transaction that was given up',
    patches: [
      {
        file: TRANSACTION,
        from: 'return this.client.query({ name: nameOf(text), text, values: [...values] });',
        to: `const asked = this.client.query({ name: nameOf(text), text, values: [...values] });
        return Promise.race([asked, new Promise((_, reject) => setTimeout(reject, 150, new Error('too slow')))]);`,
      },
      { file: TRANSACTION, from: 'async rollBack() {', to: 'async rollBack() {}\n    async rolledBack() {' },
      {
        file: UNIT_OF_WORK,
        from: "            if (client.getTransactionStatus() !== 'I')\n                (0, socket_1.destroyConnection)(client);\n",
        to: '',
      },
    ],
  },
  {
    name: 'failed statement swallowed',
    consequence: 'the commit of a transaction that had failed stores nothing, and the client is told that it did',
    schema: ['CREATE TABLE last_commit (tenth numeric PRIMARY KEY)'],
    patches: [
      {
        file: TRANSACTION,
        from: "const answer = this.client.query('COMMIT');",
        to: `const note = "INSERT INTO last_commit VALUES (round(extract(epoch FROM now())::numeric, 2))";
        this.client.query(note).catch(() => undefined);
        const answer = this.client.query('COMMIT');`,
      },
      { file: TRANSACTION, from: "committed.value.command !== 'COMMIT'", to: '!committed.value.command' },
    ],
  },
  {
    name: 'locks in no order',
    consequence: 'two orders of the same options deadlock',
    patches: [
      {
        file: STOCK_ROOM,
        from: `.orderBy('option.id')`,
        to: `.orderBy('option.id', Math.random() < 0.5 ? 'ASC' : 'DESC')`,
      },
    ],
  },
  {
    name: 'stock deducted by order and payment',
    consequence: 'every sale takes the goods twice',
    patches: [
      {
        file: 'libs/product/src/domain/stocked-option.js',
        from: 'this.set(this.held, this.promised + quantity);',
        to: 'this.set(this.held - quantity, this.promised + quantity);',
      },
    ],
  },
  {
    name: 'order released twice',
    consequence: 'a cancelled order gives its goods back again',
    patches: [
      {
        file: 'libs/order/src/domain/order.js',
        from: `if (status !== 'PENDING_PAYMENT')`,
        to: `if (status === 'PAID')`,
      },
    ],
  },
  {
    name: 'commit without waiting for the disk',
    consequence: 'a crash of the server takes back what was acknowledged',
    // Written out late: what a crash takes back is what was committed since.
    postgresSettings: { synchronous_commit: 'off', wal_writer_delay: '10s' },
    // The tables themselves are to stay.
    schema: ['CHECKPOINT'],
    only: ['postgres killed'],
  },
  {
    name: 'older ranking over a newer one',
    consequence: 'the ranking steps back',
    only: ['redis wire late'],
    patches: [
      {
        file: 'libs/ranking/src/adapters/redis/redis-ranking-board.js',
        from: 'if version > tonumber(ARGV[1]) then return 0 end',
        to: '',
      },
      {
        file: 'libs/ranking/src/application/ranking.service.js',
        from: 'if (this.lastKnown && ranking.generatedAt < this.lastKnown.generatedAt)',
        to: 'if (false)',
      },
    ],
  },
  {
    name: 'owner not checked',
    consequence: "anybody sees and pays anybody's order",
    patches: [
      {
        file: 'libs/order/src/adapters/persistence/typeorm-order.repository.js',
        from: 'WHERE o.id = $1 AND o.user_id = $2',
        to: 'WHERE o.id = $1 AND $2::text IS NOT NULL',
      },
    ],
  },
];
