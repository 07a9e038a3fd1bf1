import { Client } from 'pg';
import { below, nextToPay, twoOptions } from '../draw';
import { closedLoop, type Watch } from '../load/closed-loop';
import type { LoadResult, Material, SqlOrder } from '../load/orders';
import { CHARGE, CUSTOMERS, customer, HOT_OPTION, idOf, ownerOf, PRODUCTS, visitor } from '../stage';
import type { WorkName } from '../works';
import { FunctionFlows } from './function-flows';
import { BALANCE_OF, PRODUCT_BY_ID, PRODUCT_PAGE } from './reading';
import { StatementFlows } from './statement-flows';

/** A page of twenty, and one more to know whether there is another page. */
const PAGE_AND_ONE = 21;

/** The callers of yardsticks a and a2: one connection each, and nothing between them and the database. */
export class SqlLoad {
  private paid = 0;
  private visitors = 0;

  async measure(order: SqlOrder, watch: Watch): Promise<LoadResult> {
    this.paid = 0;
    this.visitors = 0;
    const clients = await Promise.all(Array.from({ length: order.callers }, () => connect(order.url)));
    try {
      const units = clients.map((client) => this.unitOf(order, client));
      const result = await closedLoop(order, (caller) => units[caller]!(), watch);
      return { ...result, paid: this.paid, answerSize: 0, knownTokens: 1 };
    } finally {
      await Promise.all(clients.map((client) => client.end()));
    }
  }

  private unitOf({ work, contender, material }: SqlOrder, client: Client): () => Promise<void> {
    const flows = contender === 'a' ? new StatementFlows(client) : new FunctionFlows(client);
    const units: Partial<Record<WorkName, () => Promise<unknown>>> = {
      page: () => client.query(PRODUCT_PAGE, [PAGE_AND_ONE]),
      product: () => client.query(PRODUCT_BY_ID, [idOf('product', below(PRODUCTS))]),
      balance: () => client.query(BALANCE_OF, [anybody()]),
      charge: () => flows.charge(anybody(), CHARGE),
      coupon: () => flows.issue(visitor(this.visitors++), idOf('coupon', material.coupon)),
      order: () => flows.order(anybody(), twoOptions()),
      'order-hot': () => flows.order(anybody(), [HOT_OPTION]),
      payment: () => this.payNext(flows, material.pending),
      purchase: async () => {
        const buyer = anybody();
        await flows.charge(buyer, CHARGE);
        await flows.pay(buyer, await flows.order(buyer, twoOptions()));
      },
    };
    const unit = units[work];
    if (!unit) throw new Error(`yardstick ${contender} has no ${work}`);
    return async () => {
      await unit();
    };
  }

  private payNext(flows: StatementFlows | FunctionFlows, pending: Material['pending']): Promise<void> {
    const number = nextToPay(pending, this.paid++);
    return flows.pay(customer(ownerOf(number)), idOf('order', number));
  }
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}

function anybody(): string {
  return customer(below(CUSTOMERS));
}
