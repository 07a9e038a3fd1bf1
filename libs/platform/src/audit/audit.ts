import type { SnapshotQuery, Snapshots } from '../database/snapshots';
import type { AuditCheck } from './audit-check';
import { since } from './lately';
import { isEverything, type Reached, rowsWithin, type Stretch, stretchFrom } from './walk';

export interface AuditResult {
  readonly name: string;
  /** How many rows break it. */
  readonly violations: number;
  /** Some of them, as the query shows them. */
  readonly sample: readonly object[];
}

export interface AuditReport {
  /** Whether nothing is violated. */
  readonly ok: boolean;
  /** The one moment of which everything is said, by the database's clock. */
  readonly checkedAt: Date;
  readonly checks: readonly AuditResult[];
}

/** At most this many rows of a check are shown. */
const SAMPLE = 5;

/** Of a table, on a walk, from one look to the next. */
const ROWS_AT_ONCE = 50_000;

/** The queries that make up a check. */
type QueriesOf = (check: AuditCheck) => readonly string[];

/** Looks whether the books are right, all of them in one snapshot. It reports and never repairs. */
export class Audit {
  private running: Promise<AuditReport> | null = null;
  private newest: AuditReport | null = null;

  constructor(
    private readonly checks: readonly AuditCheck[],
    private readonly snapshots: Snapshots,
    private readonly rowsAtOnce = ROWS_AT_ONCE,
  ) {}

  /** What the last run of this process found; null when there was none, or when it was forgotten. */
  get latest(): AuditReport | null {
    return this.newest;
  }

  /** For when somebody else has looked since. */
  forget(): void {
    this.newest = null;
  }

  /** Runs every check that holds at any moment. Who asks while an audit is running gets what that one finds. */
  run(): Promise<AuditReport> {
    this.running ??= this.lookAt(this.alwaysHolding())
      .then((report) => {
        this.newest = report;
        return report;
      })
      .finally(() => {
        this.running = null;
      });
    return this.running;
  }

  /**
   * Looks at what was touched since then and at the next stretch of everything, and at the whole only where that is as
   * quick: for a look now and again. What is found in both counts twice.
   * @returns what was found, and where the walks have come to
   */
  async runInParts(began: Date, reached: Reached): Promise<{ report: AuditReport; reached: Reached }> {
    const checks = this.alwaysHolding();
    const stretches = new Map<string, Stretch>();
    const report = await this.lookAt(checks, async (query) => {
      for (const column of new Set(checks.flatMap(({ inParts }) => inParts?.along[0] ?? []))) {
        stretches.set(column, await stretchFrom(reached.get(column) ?? null, column, this.rowsAtOnce, query));
      }
      return (check) => partsOf(check, began, stretches);
    });
    this.newest = report;
    return { report, reached: new Map([...stretches].map(([column, { until }]) => [column, until])) };
  }

  /** Runs those too that hold only once the queues are empty. */
  runOnceQuiet(): Promise<AuditReport> {
    return this.lookAt(this.checks);
  }

  private alwaysHolding(): readonly AuditCheck[] {
    return this.checks.filter(({ onceQuiet }) => !onceQuiet);
  }

  private lookAt(
    checks: readonly AuditCheck[],
    prepare: (query: SnapshotQuery) => Promise<QueriesOf> = async () =>
      ({ query }) => [query],
  ): Promise<AuditReport> {
    const names = [...new Set(checks.map(({ name }) => name))].sort();
    return this.snapshots.read(async (query) => {
      const now = (await query<{ now: Date }>('SELECT now()::timestamptz(3) AS now'))[0]!.now;
      const queriesOf = await prepare(query);
      const results: AuditResult[] = [];
      for (const name of names) {
        const queries = checks.filter((check) => check.name === name).flatMap(queriesOf);
        results.push({ name, ...(await violationsOf(queries, query)) });
      }
      return { ok: results.every(({ violations }) => violations === 0), checkedAt: now, checks: results };
    });
  }
}

/** `stretches`: by the column that is walked along. */
function partsOf({ query, inParts }: AuditCheck, began: Date, stretches: ReadonlyMap<string, Stretch>): string[] {
  if (inParts === undefined) return [query];
  const stretch = stretches.get(inParts.along[0])!;
  if (isEverything(stretch)) return [query];
  const parts = [inParts.lately(since(began)), rowsWithin(stretch, inParts.along)];
  return parts.map((tables) => `WITH ${tables} SELECT * FROM (${query}) AS part`);
}

async function violationsOf(queries: readonly string[], query: SnapshotQuery): Promise<Omit<AuditResult, 'name'>> {
  const rows = queries.map((one) => `SELECT to_json(part) AS row FROM (${one}) AS part`);
  const found = await query<{ violations: number; row: object }>(
    `SELECT count(*) OVER () AS violations, row FROM (${rows.join(' UNION ALL ')}) AS broken LIMIT ${SAMPLE}`,
  );
  return { violations: found[0]?.violations ?? 0, sample: found.map(({ row }) => row) };
}
