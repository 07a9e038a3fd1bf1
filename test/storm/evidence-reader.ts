import type { AuditReport } from '@app/platform';
import type { Failpoint } from '../../libs/platform/src/failpoints/failpoint';
import type { Evidence, Resources } from './checkers/evidence';
import { readBooks } from './checkers/read-books';
import type { History } from './history';
import { FAILPOINTS } from './nemesis/failpoints';
import type { World } from './world/world';

/** All that is known of a storm, once it is quiet. */
export async function readEvidence(
  world: World,
  { calls, faults }: History,
  audits: readonly AuditReport[],
  base: Resources['base'],
): Promise<Evidence> {
  const { postgres, platform, instances } = world;
  // A transaction of the shop's own jobs may be under way for a moment.
  const [sessions] = await postgres.query<{ connections: number; idle: number }>(
    `SELECT count(*)::int AS connections,
            (count(*) FILTER (WHERE state LIKE 'idle in transaction%' AND state_change < now() - interval '1 second'))::int
              AS idle
       FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'jangteo%'`,
  );
  return {
    calls,
    faults,
    books: await readBooks((text) => postgres.query(text)),
    audits,
    deliveries: platform.deliveries,
    logs: { A: instances.A.log(), B: instances.B.log() },
    databaseLog: postgres.log(),
    unexpectedExits: [...instances.A.unexpectedExits, ...instances.B.unexpectedExits],
    resources: {
      base,
      end: resourcesOf(world),
      connections: sessions!.connections,
      idleInTransaction: sessions!.idle,
    },
  };
}

export function resourcesOf({ instances: { A, B } }: World): Resources['base'] {
  return { A: A.resources(), B: B.resources() };
}

/** How often each failpoint struck, on both instances together. */
export function hitsOf({ instances: { A, B } }: World): Record<Failpoint, number> {
  const hits = FAILPOINTS.map((point) => [point, A.hits[point] + B.hits[point]]);
  return Object.fromEntries(hits) as Record<Failpoint, number>;
}
