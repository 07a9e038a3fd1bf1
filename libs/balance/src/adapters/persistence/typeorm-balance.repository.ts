import {
  decodeCursor,
  encodeCursor,
  GatheredReads,
  intBetween,
  LockingSelect,
  selectRow,
  Table,
  TypeOrmUnitOfWork,
} from '@app/platform';
import { Money, type Page, type PageRequest, pageOf } from '@app/shared';
import { Injectable } from '@nestjs/common';
import { BalanceRepository } from '../../application/ports/balance.repository';
import { Balance, type BalanceTransaction } from '../../domain/balance';
import { BalanceRow } from './balance.row';

type TransactionRow = Omit<BalanceTransaction, 'amount' | 'balanceAfter'> & { amount: number; balanceAfter: number };

const BALANCE = new Table<{ [Column in keyof BalanceRow]: BalanceRow[Column] }>(
  'balance',
  { userId: 'text', amount: 'bigint', lastSequence: 'integer' },
  ['userId'],
);

const LEDGER = new Table<TransactionRow>('balance_transaction', {
  id: 'uuid',
  userId: 'text',
  sequence: 'integer',
  type: 'text',
  amount: 'bigint',
  balanceAfter: 'bigint',
  referenceId: 'uuid',
  idempotencyKey: 'text',
  createdAt: 'timestamptz',
});

/** What an integer of PostgreSQL can hold. */
const SEQUENCE = intBetween(1, 2_147_483_647);

@Injectable()
export class TypeOrmBalanceRepository extends BalanceRepository {
  private readonly amounts = new GatheredReads((userIds) => this.amountsOf(userIds));

  private readonly locked: LockingSelect<BalanceRow>;

  constructor(private readonly unitOfWork: TypeOrmUnitOfWork) {
    super();
    this.locked = new LockingSelect(unitOfWork, (manager) =>
      selectRow(manager, BalanceRow, 'balance')
        .where('balance.userId = ANY(:ids)', { ids: [] })
        .orderBy('balance.userId')
        .setLock('for_no_key_update'),
    );
  }

  async find(userId: string): Promise<Money | null> {
    const amount = this.unitOfWork.isRunning
      ? (await this.amountsOf([userId])).get(userId)
      : await this.amounts.get(userId);
    return amount ?? null;
  }

  async lockAll(userIds: readonly string[]): Promise<ReadonlyMap<string, Balance>> {
    const ids = [...new Set(userIds)];
    // A lock takes nothing when the row is missing, so two first charges could race: insert first, in one order.
    this.unitOfWork.send(
      `INSERT INTO balance (user_id, amount, last_sequence)
       SELECT user_id, 0, 0 FROM unnest($1::text[]) AS s (user_id) ORDER BY user_id ON CONFLICT DO NOTHING`,
      [ids],
    );
    const rows = await this.locked.rows(ids);
    return new Map(
      rows.map(({ userId, amount, lastSequence }) => [userId, Balance.restore(userId, Money.of(amount), lastSequence)]),
    );
  }

  async saveAll(balances: Iterable<Balance>): Promise<void> {
    const changed = [...balances].filter(({ changes }) => changes.length > 0);
    this.unitOfWork.updateAll(
      BALANCE,
      changed.map(({ userId, amount, lastSequence }) => ({ userId, amount: amount.won, lastSequence })),
    );
    this.unitOfWork.insertAll(
      LEDGER,
      changed.flatMap(({ changes }) =>
        changes.map((change) => ({
          ...change,
          amount: change.amount.won,
          balanceAfter: change.balanceAfter.won,
        })),
      ),
    );
  }

  async transactionsOf(userId: string, { limit, cursor }: PageRequest): Promise<Page<BalanceTransaction>> {
    const [before] = cursor === undefined ? [null] : decodeCursor('balance-transactions', cursor, SEQUENCE);
    const rows = await this.unitOfWork.query<TransactionRow>(
      `SELECT id, user_id AS "userId", sequence, type, amount, balance_after AS "balanceAfter",
              reference_id AS "referenceId", idempotency_key AS "idempotencyKey", created_at AS "createdAt"
         FROM balance_transaction WHERE user_id = $1 AND ($2::integer IS NULL OR sequence < $2)
        ORDER BY sequence DESC LIMIT $3`,
      [userId, before, limit + 1],
    );
    return pageOf(rows.map(toTransaction), limit, ({ sequence }) => encodeCursor('balance-transactions', [sequence]));
  }

  private async amountsOf(userIds: readonly string[]): Promise<ReadonlyMap<string, Money>> {
    const rows = await this.unitOfWork.query<{ userId: string; amount: number }>(
      'SELECT user_id AS "userId", amount FROM balance WHERE user_id = ANY($1)',
      [userIds],
    );
    return new Map(rows.map(({ userId, amount }) => [userId, Money.of(amount)]));
  }
}

function toTransaction(row: TransactionRow): BalanceTransaction {
  return { ...row, amount: Money.of(row.amount), balanceAfter: Money.of(row.balanceAfter) };
}
