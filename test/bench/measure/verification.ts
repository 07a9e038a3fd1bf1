import { type AuditReport, loadEnv } from '@app/platform';
import { runAudit } from '../../../apps/cli/src/audit';
import type { Contender } from '../contenders';
import { settingsOf } from '../world/settings';
import type { World } from '../world/world';

/** What raw SQL does not do: it gives its charges no idempotency key. */
const NOT_OF_SQL: readonly string[] = ['idempotency'];

export interface Verification {
  readonly contender: Contender;
  /** Checks that hold. */
  readonly held: number;
  /** Each check that does not, with how often it is violated. */
  readonly violated: readonly string[];
}

/** Audits the books of everybody who has written: whoever was fast and wrong has not been measured. */
export async function verify({ dir, databases, servers }: World): Promise<Verification[]> {
  const verifications: Verification[] = [];
  for (const contender of ['shop', 'c', 'a'] as const) {
    const settings = settingsOf(
      {
        dir,
        port: 0,
        databaseUrl: databases[contender].url,
        redisUrl: servers.redis.url(),
        dataPlatformUrl: servers.sink.url,
      },
      {},
    );
    // What was just filled is not known to the planner yet: without this the audit may take minutes.
    await databases[contender].query('ANALYZE');
    const { checks } = await runAudit(loadEnv(settings));
    verifications.push({ contender, ...verdictOf(checks, contender === 'a' ? NOT_OF_SQL : []) });
  }
  return verifications;
}

function verdictOf(checks: AuditReport['checks'], ignored: readonly string[]): Omit<Verification, 'contender'> {
  const asked = checks.filter(({ name }) => !ignored.includes(name));
  const broken = asked.filter(({ violations }) => violations > 0);
  return {
    held: asked.length - broken.length,
    violated: broken.map(
      ({ name, violations, sample }) => `${name} ${violations} times, e.g. ${JSON.stringify(sample[0])}`,
    ),
  };
}
