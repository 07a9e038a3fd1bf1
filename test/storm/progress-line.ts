import type { WriteStream } from 'node:tty';
import type { Progress } from './storm';

/** Milliseconds between two lines where the lines stay. */
const EVERY = 15_000;

const PHASES: Readonly<Record<Progress['phase'], string>> = {
  calm: 'learning what is usual',
  storm: 'storm',
  settling: 'settling',
  checking: 'checking',
};

/** One line that is written over in a terminal, and a new one now and then elsewhere. */
export class ProgressLine {
  private toldAt = Number.NEGATIVE_INFINITY;
  private phase: Progress['phase'] | undefined;

  constructor(private readonly out: Pick<WriteStream, 'write' | 'isTTY'>) {}

  tell({ phase, secondsLeft, calls, faults, open }: Progress): void {
    const isNews = phase !== this.phase || performance.now() > this.toldAt + EVERY;
    if (!this.out.isTTY && !isNews) return;
    this.toldAt = performance.now();
    this.phase = phase;
    const minutes = `${Math.floor(secondsLeft / 60)}:${String(Math.floor(secondsLeft % 60)).padStart(2, '0')}`;
    const text = `${PHASES[phase].padEnd(22)} ${minutes} left, ${calls} calls, ${faults} faults, ${open} open`;
    this.out.write(this.out.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
  }

  /** A line that stays. */
  say(text: string): void {
    this.out.write(this.out.isTTY ? `\r\x1b[K${text}\n` : `${text}\n`);
  }
}
