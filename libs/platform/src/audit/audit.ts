import type { SnapshotQuery, Snapshots } from '../database/snapshots';
import type { AuditCheck } from './audit-check';
import { sinceLately } from './lately';

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

/** A check as a query, at that moment. */
type QueryOf = (check: AuditCheck, now: Date) => string;

const whole: QueryOf = ({ query }) => query;

const latelyOnly: QueryOf = ({ query, lately }, now) =>
  lately === undefined ? query : `WITH ${lately(sinceLately(now))} SELECT * FROM (${query}) AS lately`;

/** Looks whether the books are right, all of them in one snapshot. It reports and never repairs. */
export class Audit {
  private running: Promise<AuditReport> | null = null;
  private newest: AuditReport | null = null;

  constructor(
    private readonly checks: readonly AuditCheck[],
    private readonly snapshots: Snapshots,
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
    this.running ??= this.lookAt(this.checks.filter(({ onceQuiet }) => !onceQuiet))
      .then((report) => {
        this.newest = report;
        return report;
      })
      .finally(() => {
        this.running = null;
      });
    return this.running;
  }

  /** Looks at what was touched lately, and at the whole only where that is as quick: for a look now and again. */
  async runLately(): Promise<AuditReport> {
    this.newest = await this.lookAt(
      this.checks.filter(({ onceQuiet }) => !onceQuiet),
      latelyOnly,
    );
    return this.newest;
  }

  /** Runs those too that hold only once the queues are empty. */
  runOnceQuiet(): Promise<AuditReport> {
    return this.lookAt(this.checks);
  }

  private lookAt(checks: readonly AuditCheck[], queryOf = whole): Promise<AuditReport> {
    const names = [...new Set(checks.map(({ name }) => name))].sort();
    return this.snapshots.read(async (query) => {
      const now = (await query<{ now: Date }>('SELECT now()::timestamptz(3) AS now'))[0]!.now;
      const results: AuditResult[] = [];
      for (const name of names) {
        const parts = checks.filter((check) => check.name === name).map((check) => queryOf(check, now));
        results.push({ name, ...(await violationsOf(parts, query)) });
      }
      return { ok: results.every(({ violations }) => violations === 0), checkedAt: now, checks: results };
    });
  }
}

async function violationsOf(parts: readonly string[], query: SnapshotQuery): Promise<Omit<AuditResult, 'name'>> {
  const rows = parts.map((part) => `SELECT to_json(part) AS row FROM (${part}) AS part`);
  const found = await query<{ violations: number; row: object }>(
    `SELECT count(*) OVER () AS violations, row FROM (${rows.join(' UNION ALL ')}) AS broken LIMIT ${SAMPLE}`,
  );
  return { violations: found[0]?.violations ?? 0, sample: found.map(({ row }) => row) };
}
