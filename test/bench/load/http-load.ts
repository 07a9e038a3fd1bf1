import { workOf } from '../works';
import { closedLoop, type Watch } from './closed-loop';
import { Connection } from './connection';
import type { Crowd } from './crowd';
import { Errands } from './errands';
import { greet } from './greeting';
import type { HttpOrder, LoadResult } from './orders';

/** Milliseconds between two orders that change stock while pages are read. */
const STOCK_CHANGES_EVERY = 50;

/** The load generator over HTTP: one connection a caller. */
export class HttpLoad {
  constructor(private readonly crowd: Crowd) {}

  async measure(order: HttpOrder, watch: Watch): Promise<LoadResult> {
    const { work, port, callers, contender } = order;
    const toBeKnown = this.toBeKnown(order);
    if (contender !== 'b') await greet(port, toBeKnown);
    const errands = new Errands(this.crowd, order);
    const errand = errands.of(work);
    const connections = await Connection.openAll(port, callers);
    const besides = work === 'page' && contender !== 'b' ? await this.changeStock(order) : undefined;
    try {
      const result = await closedLoop(order, (caller) => errand(connections[caller]!), watch);
      const isRush = workOf(work).callersAre === 'a rush';
      const knownTokens = isRush ? Math.min(1, toBeKnown.length / Math.max(1, result.doneInAll)) : 1;
      return { ...result, paid: errands.paid, answerSize: errands.answerSize, knownTokens };
    } finally {
      for (const connection of connections) connection.close();
      await besides?.();
    }
  }

  /** The tokens that a shop would know by now if it had been open all day, and may not know. */
  private toBeKnown(order: HttpOrder): readonly string[] {
    const { callersAre } = workOf(order.work);
    if (callersAre === 'customers') return this.crowd.forgottenCustomers(order.port);
    return callersAre === 'a rush' ? this.crowd.waiting(order.port, order) : [];
  }

  /** Orders at a modest rate, so that what is remembered of the pages has to be forgotten. Answers how to end it. */
  private async changeStock(order: HttpOrder): Promise<() => Promise<void>> {
    const errand = new Errands(this.crowd, order).changeStock;
    const connection = await Connection.open(order.port);
    let last: Promise<unknown> = Promise.resolve();
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
