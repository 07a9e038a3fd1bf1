import {
  attempt,
  type Claimed,
  Clock,
  type Command,
  CommandLanes,
  type Lane,
  Money,
  type Outcome,
  type Page,
  type PageRequest,
} from '@app/shared';
import { Injectable } from '@nestjs/common';
import { uuidv7 } from 'uuidv7';
import type { Balance, BalanceTransaction } from '../domain/balance';
import { InvalidChargeAmountException } from '../domain/balance.exceptions';
import { BalanceRepository } from './ports/balance.repository';
import { BalanceLedger } from './ports/balance-ledger';

export interface ChargeBalance extends Command {
  readonly amount: Money;
}

/** The receipt of a charge. */
export interface Charge {
  readonly transactionId: string;
  /** Won. */
  readonly amount: number;
  /** Won, after the charge. */
  readonly balance: number;
  readonly chargedAt: string;
}

/** Balance flows: reading and charging; and paying, for the payment module. */
@Injectable()
export class BalanceService extends BalanceLedger {
  private readonly charging: Lane<ChargeBalance, Charge>;

  constructor(
    private readonly balances: BalanceRepository,
    private readonly clock: Clock,
    lanes: CommandLanes,
  ) {
    super();
    this.charging = lanes.open('balance.charge', (commands) => this.chargeAll(commands));
  }

  async amountOf(userId: string): Promise<Money> {
    return (await this.balances.find(userId)) ?? Money.zero;
  }

  transactionsOf(userId: string, page: PageRequest): Promise<Page<BalanceTransaction>> {
    return this.balances.transactionsOf(userId, page);
  }

  /** @throws InvalidChargeAmountException | BalanceLimitExceededException */
  async charge(command: ChargeBalance): Promise<Charge> {
    // Before the lock, as in the diagram: what can never succeed needs none.
    if (!command.amount.isPositive) throw new InvalidChargeAmountException();
    return this.charging.submit(command);
  }

  lockAll(userIds: readonly string[]): Promise<ReadonlyMap<string, Balance>> {
    return this.balances.lockAll(userIds);
  }

  saveAll(balances: Iterable<Balance>): Promise<void> {
    return this.balances.saveAll(balances);
  }

  private async chargeAll(commands: readonly Claimed<ChargeBalance>[]): Promise<Outcome<Charge>[]> {
    const balances = await this.balances.lockAll(commands.map(({ userId }) => userId));
    const at = await this.clock.now();

    const outcomes = commands.map(({ userId, amount, key }) =>
      attempt(() => receipt(balances.get(userId)!.charge(amount, { id: uuidv7(), at, idempotencyKey: key }))),
    );

    await this.balances.saveAll(balances.values());
    return outcomes;
  }
}

function receipt({ id, amount, balanceAfter, createdAt }: BalanceTransaction): Charge {
  return { transactionId: id, amount: amount.won, balance: balanceAfter.won, chargedAt: createdAt.toISOString() };
}
