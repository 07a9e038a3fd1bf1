import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { medianOf } from '../report/statistics';
import type { Database } from '../world/database';

const FLUSHES = 200;
const BLOCK = Buffer.alloc(8_192, 1);
const SETTINGS = [
  'server_version',
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'wal_sync_method',
  'shared_buffers',
  'max_wal_size',
  'max_connections',
  'autovacuum',
];

/** What the figures depend on. */
export interface Machine {
  readonly cores: number;
  readonly processor: string;
  /** GiB. */
  readonly memory: number;
  readonly system: string;
  readonly node: string;
  /** As the server says them. */
  readonly postgres: Readonly<Record<string, string>>;
  /** Microseconds until 8 kB are on the disk that the databases are on, by the median. */
  readonly flush: number;
  /** Processes that wanted a processor in the minute before, on average. */
  readonly busyBefore: number;
}

/** `dir`: a folder on the disk of the databases. */
export async function describeMachine(dir: string, database: Database, busyBefore: number): Promise<Machine> {
  const settings = await database.query<{ name: string; setting: string }>(
    'SELECT name, current_setting(name) AS setting FROM pg_settings WHERE name = ANY($1)',
    [SETTINGS],
  );
  const cpus = os.cpus();
  return {
    cores: cpus.length,
    processor: cpus[0]?.model.trim() ?? 'unknown',
    memory: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()}`,
    node: process.version,
    postgres: Object.fromEntries(settings.map(({ name, setting }) => [name, setting])),
    flush: flushTime(path.join(dir, 'flush')),
    busyBefore,
  };
}

function flushTime(file: string): number {
  const handle = fs.openSync(file, 'w');
  try {
    const times = Array.from({ length: FLUSHES }, () => {
      const began = performance.now();
      fs.writeSync(handle, BLOCK, 0, BLOCK.length, 0);
      fs.fdatasyncSync(handle);
      return 1_000 * (performance.now() - began);
    });
    return medianOf(times);
  } finally {
    fs.closeSync(handle);
    fs.rmSync(file);
  }
}
