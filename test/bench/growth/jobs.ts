import { Audit, Snapshots } from '@app/platform';
import { SHOP_CHECKS } from '../../../apps/shop/src/shop-checks';
import { client } from '../../support/http';

export interface JobTimings {
  /** Milliseconds of each ranking, over HTTP. */
  readonly rankings: readonly number[];
  /** Seconds of the whole audit. */
  readonly audit: number;
  /** Seconds of each of its checks, asked for alone. */
  readonly checks: Readonly<Record<string, number>>;
  /** The audit found nothing. */
  readonly ok: boolean;
}

const RANKINGS = 5;

/** Ranks and audits, with nothing else going on. */
export async function measureJobs(url: string, databaseUrl: string): Promise<JobTimings> {
  const admin = client(url).as('the-admin', ['admin']);
  const rankings: number[] = [];
  for (let i = 0; i < RANKINGS; i++) {
    const { ms, status } = await timed(() => admin.post('/admin/rankings/refresh'));
    if (status !== 200) throw new Error(`The ranking was answered with ${status}.`);
    rankings.push(ms);
  }
  // As the command does it: a client of HTTP gives up after five minutes.
  const { ms, ok } = await timed(() => new Audit(SHOP_CHECKS, new Snapshots(databaseUrl)).run());
  return { rankings, audit: ms / 1_000, checks: await timeChecks(databaseUrl), ok };
}

async function timeChecks(databaseUrl: string): Promise<Record<string, number>> {
  const snapshots = new Snapshots(databaseUrl);
  const seconds: Record<string, number> = {};
  for (const name of [...new Set(SHOP_CHECKS.map((check) => check.name))].sort()) {
    const began = performance.now();
    await new Audit(
      SHOP_CHECKS.filter((check) => check.name === name),
      snapshots,
    ).run();
    seconds[name] = (performance.now() - began) / 1_000;
  }
  return seconds;
}

async function timed<T extends object>(call: () => Promise<T>): Promise<T & { ms: number }> {
  const began = performance.now();
  const answer = await call();
  return { ...answer, ms: performance.now() - began };
}
