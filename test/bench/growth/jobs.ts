import { Audit, type Reached, Snapshots } from '@app/platform';
import { SHOP_CHECKS } from '../../../apps/shop/src/shop-checks';
import { client } from '../../support/http';

export interface AuditTimings {
  /** Seconds of each look like those of every five minutes: at the last hour, and at a stretch of everything. */
  readonly inParts: readonly number[];
  /** Seconds of each check over the whole, asked for alone; the audit is all of them, one after the other. */
  readonly checks: Readonly<Record<string, number>>;
  /** Everything is as it should be. */
  readonly ok: boolean;
}

const TIMES = 5;
const HOUR = 3_600_000;

/** Milliseconds of each ranking, over HTTP. */
export async function measureRankings(url: string): Promise<number[]> {
  const admin = client(url).as('the-admin', ['admin']);
  const rankings: number[] = [];
  for (let i = 0; i < TIMES; i++) {
    const { ms, status } = await timed(() => admin.post('/admin/rankings/refresh'));
    if (status !== 200) throw new Error(`The ranking was answered with ${status}.`);
    rankings.push(ms);
  }
  return rankings;
}

/** Audits while no shop is running, which would audit too. */
export async function measureAudits(databaseUrl: string): Promise<AuditTimings> {
  const snapshots = new Snapshots(databaseUrl);
  const audit = new Audit(SHOP_CHECKS, snapshots);
  const inParts: number[] = [];
  let reached: Reached = new Map();
  let ok = true;
  for (let i = 0; i < TIMES; i++) {
    const look = await timed(() => audit.runInParts(new Date(Date.now() - HOUR), reached));
    inParts.push(look.ms / 1_000);
    reached = look.reached;
    ok &&= look.report.ok;
  }
  const checks: Record<string, number> = {};
  for (const name of [...new Set(SHOP_CHECKS.map((check) => check.name))].sort()) {
    const alone = SHOP_CHECKS.filter((check) => check.name === name);
    const audited = await timed(() => new Audit(alone, snapshots).run());
    checks[name] = audited.ms / 1_000;
    ok &&= audited.ok;
  }
  return { inParts, checks, ok };
}

async function timed<T extends object>(call: () => Promise<T>): Promise<T & { ms: number }> {
  const began = performance.now();
  const answer = await call();
  return { ...answer, ms: performance.now() - began };
}
