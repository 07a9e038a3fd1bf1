import fs from 'node:fs';

/** What Linux tells of a process in /proc/PID/stat, from its state on; nothing of one that is gone. */
export function statOf(pid: number): readonly string[] {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Before the state comes the program's name in brackets, which may hold spaces and brackets itself.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
