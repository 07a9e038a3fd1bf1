import { workOf } from '../works';
import { closedLoop, type Watch } from './closed-loop';
import { Connection } from './connection';
import { Crowd } from './crowd';
import { Errands } from './errands';
import type { HttpOrder, LoadResult } from './orders';

/** Connections over which the crowd makes itself known to the shop before a measure. */
const GREETERS = 32;
/** Milliseconds between two orders that change stock while pages are read. */
const STOCK_CHANGES_EVERY = 50;

/** The load generator over HTTP: one connection a caller. */
export class HttpLoad {
  private constructor(private readonly crowd: Crowd) {}

  static async gather(secret: string): Promise<HttpLoad> {
    return new HttpLoad(await Crowd.gather(secret));
  }

  async measure(order: HttpOrder, watch: Watch): Promise<LoadResult> {
    const { work, port, callers, contender } = order;
    if (contender !== 'b') await this.greet(order);
    const errands = new Errands(this.crowd, order);
    const errand = errands.of(work);
    const connections = await openAll(port, callers);
    const besides = work === 'page' && contender !== 'b' ? await this.changeStock(order) : undefined;
    try {
      const result = await closedLoop(order, (caller) => errand(connections[caller]!), watch);
      const knownTokens = workOf(work).callersAre === 'a rush' ? Crowd.knownOf(result.doneInAll) : 1;
      return { ...result, paid: errands.paid, answerSize: errands.answerSize, knownTokens };
    } finally {
      for (const connection of connections) connection.close();
      await besides?.();
    }
  }

  /** Lets the shop verify the tokens that it would know by now if it had been open all day. */
  private async greet({ work, port, ...order }: HttpOrder): Promise<void> {
    const { callersAre } = workOf(work);
    const tokens =
      callersAre === 'customers'
        ? this.crowd.quietCustomers(port)
        : callersAre === 'a rush'
          ? this.crowd.waiting(port)
          : [];
    if (tokens.length === 0) return;
    const errands = new Errands(this.crowd, { ...order, work, port });
    const connections = await openAll(port, GREETERS);
    const left = tokens.values();
    await Promise.all(
      connections.map(async (connection) => {
        for (const token of left) await errands.look(connection, token);
      }),
    );
    for (const connection of connections) connection.close();
  }

  /** Orders at a modest rate, so that what is remembered of the pages has to be forgotten. Answers how to end it. */
  private async changeStock(order: HttpOrder): Promise<() => Promise<void>> {
    const errand = new Errands(this.crowd, order).changeStock;
    const connection = await Connection.open(order.port);
    let last = Promise.resolve();
    const timer = setInterval(() => {
      last = last.then(() => errand(connection));
      // Told at the end.
      last.catch(() => undefined);
    }, STOCK_CHANGES_EVERY);
    return async () => {
      clearInterval(timer);
      await last.finally(() => connection.close());
    };
  }
}

async function openAll(port: number, count: number): Promise<Connection[]> {
  return Promise.all(Array.from({ length: count }, () => Connection.open(port)));
}
