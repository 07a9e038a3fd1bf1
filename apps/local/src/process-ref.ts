import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { statOf } from './process-stat';

/** A process that a re-used pid cannot be taken for. */
export interface ProcessRef {
  readonly pid: number;
  readonly startedAt: string;
}

export function refOf(pid: number): ProcessRef {
  return { pid, startedAt: startOf(pid) ?? 'gone' };
}

export function isAlive(ref: ProcessRef): boolean {
  return startOf(ref.pid) === ref.startedAt;
}

/** Null for a process that is gone, a zombie included. */
function startOf(pid: number): string | null {
  try {
    return process.platform === 'linux' ? startFromProc(pid) : startFromPs(pid);
  } catch {
    return null;
  }
}

function startFromProc(pid: number): string | null {
  const fields = statOf(pid);
  const [state = 'X'] = fields;
  if (state === 'Z' || state === 'X') return null;
  const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${boot}/${fields[19]}`;
}

function startFromPs(pid: number): string | null {
  const [state = 'Z', ...start] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
    .trim()
    .split(/\s+/);
  return state.startsWith('Z') ? null : start.join(' ');
}

/** The words the process was started with; null when it is gone or does not show them. */
export function commandOf(pid: number): string | null {
  try {
    if (process.platform === 'linux') return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return null;
  }
}
