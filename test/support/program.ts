import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

/** A built program of this project that runs beside the test. */
export interface Program {
  /** What it has printed so far, both streams together. */
  output(): string;
  /** Waits until its output has `text`; rejects when it ends without. */
  says(text: string): Promise<void>;
  /** Waits for its end: the exit code, or the signal that ended it. */
  end(): Promise<number | string>;
  kill(signal: NodeJS.Signals): void;
}

/** Runs `dist/<script>` in the project's folder with these settings and no others; `npm test` builds it first. */
export function runProgram(script: string, settings: Readonly<Record<string, string>>): Program {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [join(ROOT, 'dist', script)], {
    cwd: ROOT,
    // Empty, not absent: a .env in the project's folder must not decide for the test.
    env: { PATH, HOME, DATABASE_URL: '', REDIS_URL: '', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let listen = (): void => undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
      listen();
    });
  }
  const end = once(child, 'close').then(([code, signal]) => code ?? signal);
  return {
    output: () => output,
    end: () => end,
    kill: (signal) => void child.kill(signal),
    says: (text) =>
      new Promise<void>((resolve, reject) => {
        listen = () => {
          if (output.includes(text)) resolve();
        };
        listen();
        void end.then(() => reject(new Error(`it ended without saying "${text}":\n${output}`)));
      }),
  };
}
