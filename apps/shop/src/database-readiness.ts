import { type Env, type Health, type JobLog, ReadinessProbe, type TypeOrmUnitOfWork } from '@app/platform';
import { Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { pendingAfter } from './migrations';

/** Milliseconds: a database that takes longer to say what time it is is not there for customers either. */
const PATIENCE = 500;

/** Milliseconds that the clock of this process and that of the database may be apart. */
const MOST_SKEW = 30_000;

/** Settings without which PostgreSQL may lose, in a crash, what it has acknowledged. */
const DURABLE = ['fsync', 'synchronous_commit', 'full_page_writes'] as const;

interface Settings extends Record<(typeof DURABLE)[number], string> {
  readonly now: Date;
  readonly hasMigrations: boolean;
}

/** What is wrong, for the operator; null where all is well. */
type Finding = { readonly health: Exclude<Health, 'up'>; readonly text: string } | null;

/**
 * Whether the database is there and is one to sell on: it answers in time, has the schema of this version, keeps what
 * it has acknowledged, and has the time that this process has. Tells, too, which jobs are late, which keeps nobody from
 * selling. Says each change in the log, with how to mend it.
 */
export class DatabaseReadiness extends ReadinessProbe implements OnApplicationBootstrap {
  private readonly logger = new Logger('Readiness');
  private readonly known = new Map<string, Finding>();
  private asking: Promise<Record<string, Finding>> | undefined;
  /** A migration that ran has run. */
  private isMigrated = false;

  constructor(
    private readonly unitOfWork: TypeOrmUnitOfWork,
    private readonly jobs: Pick<JobLog, 'lateness'>,
    private readonly env: Pick<Env, 'ALLOW_UNSAFE_DATABASE'>,
    private readonly now: () => number = Date.now,
  ) {
    super();
  }

  /** At start, so that what is wrong is in the log though nobody asks. */
  async onApplicationBootstrap(): Promise<void> {
    await this.check();
  }

  async check(): Promise<Record<string, Health>> {
    // Whoever asks meanwhile gets the same answer: however often that is, one connection is enough.
    this.asking ??= this.ask().finally(() => {
      this.asking = undefined;
    });
    const findings = Object.entries(await inTime(this.asking));
    for (const [name, finding] of findings) this.tell(name, finding);
    return Object.fromEntries(findings.map(([name, finding]) => [name, finding?.health ?? 'up']));
  }

  /** Of a database that does not answer nothing else is known. */
  private async ask(): Promise<Record<string, Finding>> {
    try {
      const before = this.now();
      const [settings] = await this.unitOfWork.query<Settings>(
        `SELECT clock_timestamp() AS now, to_regclass('migrations') IS NOT NULL AS "hasMigrations",
                ${DURABLE.map((name) => `current_setting('${name}') AS ${name}`).join(', ')}`,
      );
      const clock = skewed(settings!.now.getTime(), before, this.now());
      const migrations = await this.migrations(settings!);
      const jobs = migrations === null ? await this.lateness() : {};
      return { database: null, migrations, durability: this.durability(settings!), clock, ...jobs };
    } catch (error) {
      return { database: down(`the database does not answer: ${error instanceof Error ? error.message : error}`) };
    }
  }

  private async migrations({ hasMigrations }: Settings): Promise<Finding> {
    if (this.isMigrated) return null;
    const ran = hasMigrations ? await this.unitOfWork.query<{ name: string }>('SELECT name FROM migrations') : [];
    const pending = pendingAfter(ran.map(({ name }) => name));
    this.isMigrated = pending === 0;
    return this.isMigrated ? null : down(`migrations are pending: ${pending}. Run: npm run migrate`);
  }

  private async lateness(): Promise<Record<string, Finding>> {
    const text = (job: string): string => `the job ${job} has missed two turns: the job log tells why (table job_run)`;
    const jobs = [...(await this.jobs.lateness())];
    return Object.fromEntries(jobs.map(([job, isLate]) => [job, isLate ? { health: 'late', text: text(job) } : null]));
  }

  /** `synchronous_commit` has other values for standby servers; all but `off` wait for the disk of this one. */
  private durability(settings: Settings): Finding {
    const off = DURABLE.filter((name) => settings[name] === 'off');
    if (off.length === 0 || this.env.ALLOW_UNSAFE_DATABASE === 'true') return null;
    return down(
      `the database may lose what it has acknowledged: ${off.join(', ')} off. ` +
        `Mend: ${off.map((name) => `ALTER SYSTEM SET ${name} = on;`).join(' ')} SELECT pg_reload_conf(); ` +
        'where losing data is fine, ALLOW_UNSAFE_DATABASE=true',
    );
  }

  private tell(name: string, finding: Finding): void {
    const before = this.known.get(name) ?? null;
    this.known.set(name, finding);
    if (finding === null && before !== null) this.logger.log(`${name} is as it should be again`);
    if (finding === null || before !== null) return;
    if (finding.health === 'down') this.logger.error(`Not ready: ${finding.text}`);
    else this.logger.warn(finding.text);
  }
}

function down(text: string): Finding {
  return { health: 'down', text };
}

/** The database's time was taken between two looks at ours. */
function skewed(database: number, before: number, after: number): Finding {
  const skew = Math.max(0, before - database, database - after);
  if (skew <= MOST_SKEW) return null;
  return down(
    `the clocks of this server and of the database are ${Math.round(skew / 1_000)} s apart. Mend the wrong one, e.g. by NTP`,
  );
}

function inTime(asking: Promise<Record<string, Finding>>): Promise<Record<string, Finding>> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<Record<string, Finding>>((resolve) => {
    const database = down(`the database does not answer within ${PATIENCE} ms`);
    timer = setTimeout(() => resolve({ database }), PATIENCE);
  });
  return Promise.race([asking, tooLate]).finally(() => clearTimeout(timer));
}
