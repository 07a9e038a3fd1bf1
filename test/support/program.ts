import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

/** A built program of this project that runs beside the test. */
export interface Program {
  /** Where it runs. */
  readonly folder: string;
  /** What it has printed so far, both streams together. */
  output(): string;
  /** Waits until its output has `text`; rejects when it ends without. */
  says(text: string): Promise<void>;
  /** Waits for its end: the exit code, or the signal that ended it. */
  end(): Promise<number | string>;
  kill(signal: NodeJS.Signals): void;
}

/** Runs `dist/<script>` with these settings and no others; `npm test` builds it first. */
export function runProgram(script: string, settings: Readonly<Record<string, string>>): Program {
  const { PATH, HOME } = process.env;
  // Of its own: a .env in the project's folder must not decide for the test.
  const folder = mkdtempSync(join(tmpdir(), 'jangteo-program-'));
  // What was downloaded for the project is for its programs too.
  const cache = join(ROOT, '.cache');
  mkdirSync(cache, { recursive: true });
  symlinkSync(cache, join(folder, '.cache'));
  const child = spawn(process.execPath, [join(ROOT, 'dist', script)], {
    cwd: folder,
    env: { PATH, HOME, ...settings },
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
  const end = once(child, 'close').then(([code, signal]) => {
    rmSync(folder, { recursive: true, force: true });
    return code ?? signal;
  });
  return {
    folder,
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
