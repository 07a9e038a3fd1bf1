import { closedLoop, type Watch } from './closed-loop';
import { Connection } from './connection';
import type { Crowd } from './crowd';
import { type Errand, Errands, REFUSED } from './errands';
import { greet } from './greeting';
import { MIX, type Part, partAt } from './mix';
import { OpenLoop, type Sender } from './open-loop';
import type { CapacityOrder, CapacityResult, Material, OverloadOrder, OverloadResult } from './orders';
import type { ResponseParser } from './response-parser';

const CODE = /"code":"([A-Z_]+)"/;

/** Sends the mix of a busy shop, whose answer may be that it has too much to do. */
export class MixedLoad {
  constructor(private readonly crowd: Crowd) {}

  async capacity(order: CapacityOrder, watch: Watch): Promise<CapacityResult> {
    await greet(order.port, this.crowd.forgottenCustomers(order.port));
    const mixed = this.mixOver(order);
    const connections = await Connection.openAll(order.port, order.callers);
    let refused = 0;
    try {
      const { done, doneInAll, seconds, p50, p99 } = await closedLoop(
        order,
        async (caller) => {
          const { answer } = await mixed.send(connections[caller]!);
          if (answer.status === REFUSED) refused++;
        },
        watch,
      );
      const share = refused / Math.max(1, doneInAll);
      return { rate: ((1 - share) * done) / seconds, refused: share, paid: mixed.errands.paid, p50, p99 };
    } finally {
      for (const connection of connections) connection.close();
    }
  }

  async overload(order: OverloadOrder): Promise<OverloadResult> {
    await greet(order.port, this.crowd.forgottenCustomers(order.port));
    const mixed = this.mixOver(order);
    const connections = await Connection.openAll(order.port, order.connections);
    const codes: Record<string, number> = {};
    const senders = connections.map(
      (connection): Sender =>
        async () => {
          const { answer, part } = await mixed.send(connection);
          const isRefused = answer.status === REFUSED;
          if (isRefused) {
            const code = CODE.exec(answer.body)?.[1] ?? 'none';
            codes[code] = (codes[code] ?? 0) + 1;
          }
          return { class: part.class, isRefused };
        },
    );
    try {
      return { ...(await new OpenLoop(order, senders).run()), paid: mixed.errands.paid, codes };
    } finally {
      for (const connection of connections) connection.close();
    }
  }

  private mixOver({ port, material }: { port: number; material: Material }) {
    const errands = new Errands(this.crowd, { contender: 'shop', port, material }, true);
    const byWork = new Map<Part['work'], Errand>(MIX.map(({ work }) => [work, errands.of(work)]));
    const send = async (connection: Connection): Promise<{ answer: ResponseParser; part: Part }> => {
      const part = partAt(Math.random());
      return { answer: await byWork.get(part.work)!(connection), part };
    };
    return { errands, send };
  }
}
