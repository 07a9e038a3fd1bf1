import fs from 'node:fs';
import { type ProcessRef, refOf } from '../../../apps/local/src/local-server';

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
  const pids = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((child) => parentOf(child) === pid).map((child) => refOf(Number(child)));
}

function parentOf(pid: string): number | null {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name, which may hold spaces and brackets itself.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
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
