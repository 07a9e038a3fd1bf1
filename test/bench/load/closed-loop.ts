import { Latencies } from './latencies';

/** Milliseconds. What happens while it warms up is done and not counted. */
export interface Pace {
  readonly callers: number;
  readonly warmUp: number;
  readonly duration: number;
}

/** Told at the moments between which it counts. */
export interface Watch {
  began(): void;
  ended(): void;
}

export interface Result {
  /** Seconds that were counted. */
  readonly seconds: number;
  /** Done within them. */
  readonly done: number;
  /** Done at all, the warm-up included. */
  readonly doneInAll: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

/** Milliseconds after which nobody is waited for any more. */
const LONGEST = 10_000;

/**
 * Callers each of whom asks again as soon as there is an answer. Where answers take longer than the duration, it counts
 * on until there are as many answers as callers: of slow work, a short look would see nothing.
 * @throws what the first of them failed with
 */
export async function closedLoop(
  { callers, warmUp, duration }: Pace,
  unit: (caller: number) => Promise<unknown>,
  watch: Watch,
): Promise<Result> {
  const latencies = new Latencies();
  let doneInAll = 0;
  let began = Number.POSITIVE_INFINITY;
  let ended = Number.POSITIVE_INFINITY;
  let isDue = false;
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    ended = performance.now();
    isOver = true;
    watch.ended();
  };
  const endIfEnough = (): void => {
    if (isDue && latencies.count >= callers) end();
  };
  const timers = [
    setTimeout(() => {
      watch.began();
      began = performance.now();
    }, warmUp),
    setTimeout(() => {
      isDue = true;
      endIfEnough();
    }, warmUp + duration),
    setTimeout(end, warmUp + Math.max(duration, LONGEST)),
  ];

  const ask = async (caller: number): Promise<void> => {
    while (!isOver) {
      const asked = performance.now();
      await unit(caller);
      const answered = performance.now();
      doneInAll++;
      if (answered < began || answered > ended) continue;
      latencies.add(answered - asked);
      endIfEnough();
    }
  };
  try {
    await Promise.all(Array.from({ length: callers }, (_, caller) => ask(caller)));
  } finally {
    isOver = true;
    for (const timer of timers) clearTimeout(timer);
  }
  const [p50, p99, p999] = [50, 99, 99.9].map((percentage) => latencies.percentile(percentage)) as [
    number,
    number,
    number,
  ];
  return { seconds: (ended - began) / 1_000, done: latencies.count, doneInAll, p50, p99, p999 };
}
