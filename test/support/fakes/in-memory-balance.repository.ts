import { Money, type Page, type PageRequest, pageOf } from '@app/shared';
import { BalanceRepository } from '../../../libs/balance/src/application/ports/balance.repository';
import { Balance, type BalanceTransaction } from '../../../libs/balance/src/domain/balance';

export class InMemoryBalanceRepository extends BalanceRepository {
  readonly ledger: BalanceTransaction[] = [];
  private readonly held = new Map<string, { amount: Money; lastSequence: number }>();

  async find(userId: string): Promise<Money | null> {
    return this.held.get(userId)?.amount ?? null;
  }

  async lockAll(userIds: readonly string[]): Promise<ReadonlyMap<string, Balance>> {
    return new Map(
      [...new Set(userIds)].map((userId) => {
        const { amount, lastSequence } = this.held.get(userId) ?? { amount: Money.zero, lastSequence: 0 };
        this.held.set(userId, { amount, lastSequence });
        return [userId, Balance.restore(userId, amount, lastSequence)];
      }),
    );
  }

  async saveAll(balances: Iterable<Balance>): Promise<void> {
    for (const { userId, amount, lastSequence, changes } of balances) {
      this.held.set(userId, { amount, lastSequence });
      this.ledger.push(...changes);
    }
  }

  async transactionsOf(userId: string, { limit, cursor }: PageRequest): Promise<Page<BalanceTransaction>> {
    const before = cursor === undefined ? Number.POSITIVE_INFINITY : Number(cursor);
    const newestFirst = this.ledger.filter((entry) => entry.userId === userId && entry.sequence < before).reverse();
    return pageOf(newestFirst.slice(0, limit + 1), limit, ({ sequence }) => String(sequence));
  }
}
