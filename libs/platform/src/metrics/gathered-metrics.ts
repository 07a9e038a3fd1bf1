import { AggregatorRegistry } from 'prom-client';
import { AUDIT_TIME, AUDIT_VIOLATIONS, type Counts, type MetricsMessage } from './metrics-messages';

/** A process that counts, as its primary knows it. */
export interface CountingProcess {
  readonly id: number;
  send(message: object): unknown;
}

/** Milliseconds that a scrape waits for a process; of one that does not answer, the last it said stands. */
const PATIENCE = 1_000;

/** What keeps its meaning when the process that counted it is gone. */
const LASTING: ReadonlySet<unknown> = new Set(['counter', 'histogram']);

interface Question {
  readonly pending: Set<number>;
  readonly answered: () => void;
}

/**
 * What all processes of a shop have counted together, whichever of them is scraped. What a process had counted by the
 * last scrape before it died stays counted: the sum of a counter never falls.
 */
export class GatheredMetrics {
  private readonly newest = new Map<number, Counts>();
  private readonly questions = new Map<number, Question>();
  /** Of those that are gone, added up at the next scrape. */
  private left: Counts[] = [];
  private asked = 0;
  private gathering: Promise<string> | undefined;

  /** `patience` in milliseconds. */
  constructor(
    private readonly processes: () => readonly CountingProcess[],
    private readonly patience = PATIENCE,
  ) {}

  /** To be told everything that a process says; what is not about metrics is passed over. */
  hear(from: CountingProcess, message: Partial<MetricsMessage>): void {
    if ('scrape' in message && message.scrape !== undefined) void this.answer(from, message.scrape);
    if ('counts' in message && message.counts !== undefined) this.take(from, message);
  }

  /** To be told when a process has ended. */
  forget({ id }: CountingProcess): void {
    const counts = this.newest.get(id);
    if (counts) this.left.push(counts.filter(({ type }) => LASTING.has(type)));
    this.newest.delete(id);
    for (const question of this.questions.values()) settle(question, id);
  }

  /** Prometheus' text of everything. */
  text(): Promise<string> {
    this.gathering ??= this.gather().finally(() => {
      this.gathering = undefined;
    });
    return this.gathering;
  }

  private async answer(to: CountingProcess, scrape: number): Promise<void> {
    const text = await this.text();
    to.send({ scraped: scrape, text } satisfies MetricsMessage);
  }

  private take({ id }: CountingProcess, { counted, counts }: { counted?: number; counts?: Counts }): void {
    // Also when it comes too late for its question: it is the newest that is known.
    this.newest.set(id, counts!);
    const question = this.questions.get(counted!);
    if (question) settle(question, id);
  }

  private async gather(): Promise<string> {
    await this.ask();
    await this.addUpLeft();
    return merged([...onlyNewestAudit([...this.newest.values()]), ...this.left]).metrics();
  }

  private async addUpLeft(): Promise<void> {
    const { length } = this.left;
    if (length < 2) return;
    const sum = await merged(this.left).getMetricsAsJSON();
    // Another one may have ended meanwhile.
    this.left.splice(0, length, sum);
  }

  private ask(): Promise<void> {
    const processes = this.processes();
    const number = ++this.asked;
    return new Promise<void>((resolve) => {
      const timer = setTimeout(() => answered(), this.patience);
      const answered = (): void => {
        clearTimeout(timer);
        this.questions.delete(number);
        resolve();
      };
      this.questions.set(number, { pending: new Set(processes.map(({ id }) => id)), answered });
      for (const process of processes) process.send({ count: number } satisfies MetricsMessage);
    });
  }
}

function settle({ pending, answered }: Question, id: number): void {
  pending.delete(id);
  if (pending.size === 0) answered();
}

/** Each process may have run an audit at some time: what the last one of them found is true. */
function onlyNewestAudit(all: readonly Counts[]): Counts[] {
  const timeOf = (counts: Counts): number => counts.find(({ name }) => name === AUDIT_TIME)?.values[0]?.value ?? 0;
  const newest = Math.max(...all.map(timeOf));
  const teller = all.find((counts) => timeOf(counts) === newest);
  return all.map((counts) =>
    counts === teller ? counts : counts.filter(({ name }) => name !== AUDIT_TIME && name !== AUDIT_VIOLATIONS),
  );
}

function merged(all: readonly Counts[]) {
  return AggregatorRegistry.aggregate([...all]);
}
