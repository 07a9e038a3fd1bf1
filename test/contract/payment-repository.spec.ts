import { uuidv7 } from 'uuidv7';
import { SqlPaymentRepository } from '../../libs/payment/src/adapters/persistence/sql-payment.repository';
import type { TestDatabase } from '../support/database';
import { ImmediateUnitOfWork } from '../support/fakes/immediate-unit-of-work';
import { InMemoryPaymentRepository } from '../support/fakes/in-memory-payment.repository';
import { openShopDatabase, Shop } from '../support/shop-services';
import { describePaymentRepository } from './payment-repository.contract';

let database: TestDatabase;

afterAll(() => database?.close());

describePaymentRepository('the fake in memory', async () => ({
  payments: new InMemoryPaymentRepository(),
  unitOfWork: new ImmediateUnitOfWork(),
  order: async () => uuidv7(),
}));

describePaymentRepository('PostgreSQL', async () => {
  database = await openShopDatabase();
  const shop = new Shop(database);
  return {
    payments: new SqlPaymentRepository(database.unitOfWork),
    unitOfWork: database.unitOfWork,
    order: async (userId) => (await shop.order(userId, await shop.goods(1))).id,
  };
});
