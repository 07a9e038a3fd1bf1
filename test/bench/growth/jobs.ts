import { Audit, Snapshots } from '@app/platform';
import { SHOP_CHECKS } from '../../../apps/shop/src/shop-checks';
import { client } from '../../support/http';

export interface AuditTimings {
  /** Seconds of each look at what was touched lately. */
  readonly lately: readonly number[];
  /** Seconds of each check over the whole, asked for alone; the audit is all of them, one after the other. */
  readonly checks: Readonly<Record<string, number>>;
  /** The whole is as it should be. */
  readonly ok: boolean;
}

const TIMES = 5;

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
  const lately: number[] = [];
  for (let i = 0; i < TIMES; i++) {
    lately.push((await timed(() => new Audit(SHOP_CHECKS, snapshots).runLately())).ms / 1_000);
  }
  const checks: Record<string, number> = {};
  let ok = true;
  for (const name of [...new Set(SHOP_CHECKS.map((check) => check.name))].sort()) {
    const alone = SHOP_CHECKS.filter((check) => check.name === name);
    const audited = await timed(() => new Audit(alone, snapshots).run());
    checks[name] = audited.ms / 1_000;
    ok &&= audited.ok;
  }
  return { lately, checks, ok };
}

async function timed<T extends object>(call: () => Promise<T>): Promise<T & { ms: number }> {
  const began = performance.now();
  const answer = await call();
  return { ...answer, ms: performance.now() - began };
}
