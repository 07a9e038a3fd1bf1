import { Money } from '@app/shared';
import { uuidv7 } from 'uuidv7';
import { TypeOrmOrderRepository } from '../../libs/order/src/adapters/persistence/typeorm-order.repository';
import type { OrderLine } from '../../libs/order/src/domain/order';
import type { TestDatabase } from '../support/database';
import { ImmediateUnitOfWork } from '../support/fakes/immediate-unit-of-work';
import { InMemoryOrderRepository } from '../support/fakes/in-memory-order.repository';
import { openShopDatabase, Shop } from '../support/shop-services';
import { describeOrderRepository } from './order-repository.contract';

let database: TestDatabase;

afterAll(() => database?.close());

function lineOf(optionId: string, productId: string, unitPrice: number): OrderLine {
  const names = { productName: '제주 감귤', optionName: '5kg' };
  return { ...names, productId, optionId, unitPrice: Money.of(unitPrice), quantity: 3 };
}

describeOrderRepository('the fake in memory', async () => ({
  orders: new InMemoryOrderRepository(),
  unitOfWork: new ImmediateUnitOfWork(),
  lines: async () => [lineOf(uuidv7(), uuidv7(), 500), lineOf(uuidv7(), uuidv7(), 700)],
  couponOf: async () => uuidv7(),
}));

describeOrderRepository('PostgreSQL', async () => {
  database = await openShopDatabase();
  const shop = new Shop(database);
  return {
    orders: new TypeOrmOrderRepository(database.unitOfWork),
    unitOfWork: database.unitOfWork,
    lines: async () => {
      const [b, a] = [await shop.goods(10), await shop.goods(10)];
      return [lineOf(a.optionId, a.productId, 500), lineOf(b.optionId, b.productId, 700)];
    },
    couponOf: (userId) => shop.couponOf([userId]),
  };
});
