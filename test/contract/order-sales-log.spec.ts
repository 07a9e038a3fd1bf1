import { Money } from '@app/shared';
import { uuidv7 } from 'uuidv7';
import { SqlSalesLog } from '../../libs/order/src/adapters/persistence/sql-sales-log';
import { TypeOrmOrderRepository } from '../../libs/order/src/adapters/persistence/typeorm-order.repository';
import type { Order } from '../../libs/order/src/domain/order';
import type { TestDatabase } from '../support/database';
import { InMemorySalesLog } from '../support/fakes/in-memory-order-sales-log';
import { openShopDatabase, Shop } from '../support/shop-services';
import { describeSalesLog } from './order-sales-log.contract';

let database: TestDatabase | undefined;

afterEach(async () => {
  await database?.close();
  database = undefined;
});

describeSalesLog('the fake in memory', async () => {
  const all: Order[] = [];
  return {
    sales: new InMemorySalesLog({ all }),
    product: async () => ({ productId: uuidv7(), optionIds: [uuidv7(), uuidv7()] }),
    add: async (orders) => void all.push(...orders),
    save: async () => undefined,
  };
});

describeSalesLog('PostgreSQL', async () => {
  database = await openShopDatabase();
  const { unitOfWork } = database;
  const { products } = new Shop(database);
  const orders = new TypeOrmOrderRepository(unitOfWork);
  return {
    sales: new SqlSalesLog(unitOfWork),
    product: async () => {
      const options = ['5kg', '10kg'].map((name) => ({ name, price: Money.of(100), stock: 0 }));
      const { id: productId, options: listed } = await products.create({ name: '제주 감귤', description: '', options });
      return { productId, optionIds: [listed[0]!.id, listed[1]!.id] };
    },
    add: (added) => unitOfWork.run(() => orders.addAll(added)),
    save: (changed) => unitOfWork.run(() => orders.saveAll(changed)),
  };
});
