import { memoryOf } from '../../support/programs/processes';
import { type Contender, isServed } from '../contenders';
import type { World } from '../world/world';
import { cpuOf, cpuOfFamily } from './cpu';

/** What has been used up to a moment. */
export interface Sample {
  readonly at: number;
  /** Seconds of processor time. */
  readonly service: number;
  readonly postgres: number;
  readonly load: number;
  /** Bytes. */
  readonly memory: number;
  /** Transactions that have written, of the whole server. */
  readonly writes: Promise<number>;
}

/** A moment of everybody who takes part when the contender is measured. */
export function takeSample({ servers, sites, databases, httpLoad, sqlLoad }: World, contender: Contender): Sample {
  const service = isServed(contender) ? sites[contender].program.pid : undefined;
  return {
    at: performance.now(),
    service: service === undefined ? 0 : cpuOf(service),
    postgres: cpuOfFamily(servers.postmaster),
    load: cpuOf((service === undefined ? sqlLoad : httpLoad).pid),
    memory: service === undefined ? 0 : memoryOf(service),
    writes: databases.shop
      .query<{ next: string }>('SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS next')
      .then(([row]) => Number(row!.next)),
  };
}

/** What happened between two moments: shares of one processor, the memory at the end, commits that wrote. */
export interface Usage {
  readonly service: number;
  readonly postgres: number;
  readonly load: number;
  readonly memory: number;
  readonly commits: number;
}

export async function usageBetween(first: Sample, last: Sample): Promise<Usage> {
  const seconds = (last.at - first.at) / 1_000;
  return {
    service: (last.service - first.service) / seconds,
    postgres: (last.postgres - first.postgres) / seconds,
    load: (last.load - first.load) / seconds,
    memory: last.memory,
    commits: (await last.writes) - (await first.writes),
  };
}
