import { execFileSync } from 'node:child_process';
import { statOf } from '../../../apps/local/src/process-stat';
import { childrenOf } from '../../support/programs/processes';

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

function ticksOf(pid: number): { own: number; ended: number } {
  // User and system time, then those of children that have ended.
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = statOf(pid).slice(11, 15).map(Number);
  return { own: user + system, ended: endedUser + endedSystem };
}
