import { TypeOrmUnitOfWork } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { RankingSnapshots } from '../../application/ports/ranking-snapshots';
import type { RankedProduct, Ranking } from '../../domain/ranking';

interface SnapshotRow {
  readonly generatedAt: Date;
  readonly from: Date;
  readonly to: Date;
  readonly items: RankedProduct[];
}

@Injectable()
export class SqlRankingSnapshots extends RankingSnapshots {
  constructor(private readonly unitOfWork: TypeOrmUnitOfWork) {
    super();
  }

  async add({ generatedAt, window: { from, to }, items }: Ranking): Promise<void> {
    await this.unitOfWork.query(
      // Two rankings of one millisecond are the same ranking.
      `INSERT INTO ranking_snapshot (generated_at, window_from, window_to, items) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING`,
      [generatedAt, from, to, JSON.stringify(items)],
    );
    await this.unitOfWork.query(
      `DELETE FROM ranking_snapshot WHERE generated_at < $1::timestamptz - interval '7 days'`,
      [generatedAt],
    );
  }

  async latest(): Promise<Ranking | null> {
    const [row] = await this.unitOfWork.query<SnapshotRow>(
      `SELECT generated_at AS "generatedAt", window_from AS "from", window_to AS "to", items
         FROM ranking_snapshot ORDER BY generated_at DESC LIMIT 1`,
    );
    if (!row) return null;
    const { generatedAt, from, to, items } = row;
    return {
      generatedAt: generatedAt.toISOString(),
      window: { from: from.toISOString(), to: to.toISOString() },
      // jsonb does not keep the order of members.
      items: items.map(({ rank, productId, name, price, soldQuantity }) => ({
        rank,
        productId,
        name,
        price,
        soldQuantity,
      })),
    };
  }
}
