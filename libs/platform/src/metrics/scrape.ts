import cluster from 'node:cluster';
import { Registry } from 'prom-client';
import { DependencyUnavailableException } from '../database/failures';
import type { MetricsMessage } from './metrics-messages';

/** What is answered to a scraper: all that this shop has counted, in Prometheus' text. */
export abstract class Scrape {
  abstract text(): Promise<string>;

  /** Of a process that is the whole shop, or of one of several on a port. */
  static of(registry: Registry): Scrape {
    return cluster.isWorker ? new SharedScrape(registry) : new OwnScrape(registry);
  }
}

class OwnScrape extends Scrape {
  constructor(private readonly registry: Registry) {
    super();
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }
}

/** Milliseconds; the primary itself waits for one at most. */
const PATIENCE = 2_000;

/** Tells the primary what this process has counted, and asks it for what all of them have. */
class SharedScrape extends Scrape {
  private readonly waiting = new Map<number, (text: string) => void>();
  private asked = 0;

  constructor(private readonly registry: Registry) {
    super();
    process.on('message', (message: Partial<MetricsMessage>) => this.hear(message));
  }

  /** @throws DependencyUnavailableException when the primary does not answer: half of the truth is none */
  text(): Promise<string> {
    const scrape = ++this.asked;
    return new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(scrape);
        reject(new DependencyUnavailableException(new Error(`the primary said nothing for ${PATIENCE} ms`)));
      }, PATIENCE);
      this.waiting.set(scrape, (text) => {
        clearTimeout(timer);
        this.waiting.delete(scrape);
        resolve(text);
      });
      tell({ scrape });
    });
  }

  private hear(message: Partial<MetricsMessage>): void {
    if ('count' in message && message.count !== undefined) void this.count(message.count);
    if ('text' in message && message.text !== undefined) this.waiting.get(message.scraped!)?.(message.text);
  }

  private async count(counted: number): Promise<void> {
    tell({ counted, counts: await this.registry.getMetricsAsJSON() });
  }
}

function tell(message: MetricsMessage): void {
  process.send?.(message);
}
