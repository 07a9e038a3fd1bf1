import { type ChildProcess, spawn } from 'node:child_process';

// Remembers the last line that it was told; when the pipe ends, even because its owner was killed, it does that.
const SCRIPT = `
trap "" INT TERM HUP
last=
while read -r line; do last=$line; done
for order in $last; do kill -"\${order%%:*}" "\${order#*:}" 2>/dev/null; done
`;

/** What is to become of a process when the storm dies: ended, or woken so that its own guard can end it. */
type LastWord = 'KILL' | 'CONT';

/** Sees to it that nothing outlives the storm, not even when the storm is killed while it has stopped something. */
export class Leash {
  private readonly words = new Map<number, LastWord>();

  private constructor(private readonly shell: ChildProcess) {}

  static hold(): Leash {
    const shell = spawn('sh', ['-c', SCRIPT, 'storm-leash'], {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    shell.once('error', () => undefined);
    shell.stdin?.on('error', () => undefined);
    shell.unref();
    return new Leash(shell);
  }

  /** To be told before the process is stopped, and as soon as it is started. */
  take(word: LastWord, pids: readonly number[]): void {
    for (const pid of pids) this.words.set(pid, word);
    this.tell();
  }

  /** Of processes that need nothing any more: their number may become another one's. */
  release(pids: readonly number[]): void {
    for (const pid of pids) this.words.delete(pid);
    this.tell();
  }

  close(): void {
    this.words.clear();
    this.tell();
    this.shell.stdin?.end();
  }

  private tell(): void {
    const line = [...this.words].map(([pid, word]) => `${word}:${pid}`).join(' ');
    if (!this.shell.stdin?.writableEnded) this.shell.stdin?.write(`${line}\n`);
  }
}
