import { SalesLog } from '@app/order';
import { ProductCatalog } from '@app/product';
import { Clock, shareWhile, UnitOfWork } from '@app/shared';
import { Injectable } from '@nestjs/common';
import { PLACES, type Ranking, WINDOW } from '../domain/ranking';
import { RankingBoard } from './ports/ranking-board';
import { RankingSnapshots } from './ports/ranking-snapshots';

/** How long a ranking is served from this process before the board is asked again, in milliseconds. */
const FRESH = 1_000;

/** How long a reader waits for a newer one, in milliseconds, while this process knows one. */
const PATIENCE = 100;

/** Popular products: computed by the schedule, read from copies. Losing a copy, or all, never fails a read. */
@Injectable()
export class RankingService {
  private lastKnown: Ranking | null = null;
  private freshUntil = 0;
  private reading: Promise<Ranking> | null = null;

  constructor(
    private readonly sales: SalesLog,
    private readonly products: ProductCatalog,
    private readonly snapshots: RankingSnapshots,
    private readonly board: RankingBoard,
    private readonly clock: Clock,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** The newest ranking that can be had: this process's copy for a second, the board's, the newest snapshot, the last known. */
  current(): Promise<Ranking> {
    if (this.lastKnown && performance.now() < this.freshUntil) return Promise.resolve(this.lastKnown);
    this.reading ??= this.readCopies().finally(() => {
      this.reading = null;
    });
    return this.lastKnown ? this.soon(this.reading, this.lastKnown) : this.reading;
  }

  /** Computes the ranking of the 72 hours up to now, keeps it, and puts it on the board after the commit. */
  refresh(): Promise<Ranking> {
    return this.unitOfWork.run(async () => {
      const ranking = await this.compute(await this.clock.now());
      await this.snapshots.add(ranking);
      this.unitOfWork.afterCommit(() => {
        this.keep(ranking);
        // Without the board the snapshot is served.
        this.board.publish(ranking).catch(() => undefined);
      });
      return ranking;
    });
  }

  private async compute(to: Date): Promise<Ranking> {
    const from = new Date(to.getTime() - WINDOW);
    const sold = await this.sales.bestSellers(from, to, PLACES);
    const products = await this.products.summariesOf(sold.map(({ productId }) => productId));
    return {
      generatedAt: to.toISOString(),
      window: { from: from.toISOString(), to: to.toISOString() },
      items: sold.map(({ productId, quantity }, i) => {
        const { name, price } = products.get(productId)!;
        return { rank: i + 1, productId, name, price, soldQuantity: quantity };
      }),
    };
  }

  private async readCopies(): Promise<Ranking> {
    const found = (await this.board.read().catch(() => null)) ?? (await this.snapshots.latest().catch(() => null));
    if (found) this.keep(found);
    this.freshUntil = performance.now() + FRESH;
    return this.lastKnown ?? empty(new Date());
  }

  /** What is read in time, else what is known: then it serves for a second more, while the reading goes on. */
  private soon(reading: Promise<Ranking>, known: Ranking): Promise<Ranking> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Ranking>((resolve) => {
      timer = setTimeout(() => {
        this.freshUntil = performance.now() + FRESH;
        resolve(known);
      }, PATIENCE);
    });
    return Promise.race([reading, late]).finally(() => clearTimeout(timer));
  }

  /** Never steps back to an older ranking than was seen. */
  private keep(ranking: Ranking): void {
    if (this.lastKnown && ranking.generatedAt < this.lastKnown.generatedAt) return;
    this.lastKnown = ranking;
    this.freshUntil = performance.now() + FRESH;
    shareWhile(ranking, () => this.lastKnown === ranking && performance.now() < this.freshUntil);
  }
}

/** What is served when none was ever made and nobody can be asked. */
function empty(at: Date): Ranking {
  const from = new Date(at.getTime() - WINDOW);
  return { generatedAt: at.toISOString(), window: { from: from.toISOString(), to: at.toISOString() }, items: [] };
}
