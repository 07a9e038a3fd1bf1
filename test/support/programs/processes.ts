import fs from 'node:fs';
import { type ProcessRef, refOf } from '../../../apps/local/src/process-ref';
import { statOf } from '../../../apps/local/src/process-stat';

/** The process that the record of a local server names; null when there is none. */
export function recorded(record: string): ProcessRef | null {
  try {
    const { server } = JSON.parse(fs.readFileSync(record, 'utf8')) as { server: ProcessRef };
    return server;
  } catch {
    return null;
  }
}

export function childrenOf(pid: number): ProcessRef[] {
  const pids = fs.readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.filter((child) => Number(statOf(child)[1]) === pid).map((child) => refOf(child));
}

/** Bytes of memory that a process holds; 0 of one that is gone. */
export function memoryOf(pid: number): number {
  try {
    const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
    const [, kilobytes = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
    return Number(kilobytes) * 1_024;
  } catch {
    return 0;
  }
}

/** Sends it where there is still somebody to get it. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended in between.
  }
}
