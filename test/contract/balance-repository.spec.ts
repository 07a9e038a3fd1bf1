import { BalanceRow } from '../../libs/balance/src/adapters/persistence/balance.row';
import { TypeOrmBalanceRepository } from '../../libs/balance/src/adapters/persistence/typeorm-balance.repository';
import { openDatabase, type TestDatabase } from '../support/database';
import { ImmediateUnitOfWork } from '../support/fakes/immediate-unit-of-work';
import { InMemoryBalanceRepository } from '../support/fakes/in-memory-balance.repository';
import { balanceRepositoryContract } from './balance-repository.contract';

describe('balances in memory', () => {
  const balances = new InMemoryBalanceRepository();

  balanceRepositoryContract(() => ({ balances, unitOfWork: new ImmediateUnitOfWork() }));
});

describe('balances in PostgreSQL', () => {
  let database: TestDatabase | undefined;

  beforeAll(async () => {
    database = await openDatabase([BalanceRow]);
  });

  afterAll(async () => database?.close());

  balanceRepositoryContract(() => {
    const { unitOfWork } = database!;
    return { balances: new TypeOrmBalanceRepository(unitOfWork), unitOfWork };
  });
});
