import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { childrenOf } from '../../storm/world/processes';

/** Ticks of processor time a second, as the kernel counts them. */
const TICKS = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** Seconds of processor time that a process has used. */
export function cpuOf(pid: number): number {
  return ticksOf(pid).own / TICKS;
}

/** Seconds that a server has used with all processes that it has made, those that are gone included. */
export function cpuOfFamily(pid: number): number {
  const { own, ended } = ticksOf(pid);
  const children = childrenOf(pid).map((child) => ticksOf(child.pid).own);
  return (own + ended + children.reduce((sum, ticks) => sum + ticks, 0)) / TICKS;
}

/** Bytes of memory that a process holds. */
export function memoryOf(pid: number): number {
  const [, kilobytes = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`)) ?? [];
  return Number(kilobytes) * 1_024;
}

function ticksOf(pid: number): { own: number; ended: number } {
  const stat = read(`/proc/${pid}/stat`);
  // The second field is the program's name, which may hold spaces and brackets itself. User and system time are the
  // 14th and 15th, those of children that have ended the next two.
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 15)
    .map(Number);
  return { own: user + system, ended: endedUser + endedSystem };
}

/** Nothing of a process that is gone. */
function read(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
