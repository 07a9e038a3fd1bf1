import { devTokenIssuer } from '@app/platform';
import { CUSTOMERS, customer, visitor } from '../stage';

/** More than come in one measure, and more than the shop remembers tokens of. */
const VISITORS = 60_000;
/** Visitors who look around before the rush begins: as many as the shop remembers, with some room. */
const WAITING = 9_000;
/** Milliseconds after which a customer who has asked for nothing asks for the balance before a measure begins. */
const QUIET = 30_000;

/** What each shop has seen of the crowd. */
interface Seen {
  customersAt: number;
  /** The next who comes for a coupon. */
  visitor: number;
}

/** Everybody who can ask for something, with a signed token. */
export class Crowd {
  private readonly seen = new Map<number, Seen>();

  private constructor(
    private readonly customers: readonly string[],
    private readonly visitors: readonly string[],
  ) {}

  /** Signs all tokens, so that nothing that is timed has to. */
  static async gather(secret: string): Promise<Crowd> {
    const issuer = devTokenIssuer({ JWT_SECRET: secret, DATA_DIR: '' });
    const tokensOf = (count: number, nameOf: (number: number) => string): Promise<string[]> =>
      Promise.all(Array.from({ length: count }, (_, number) => issuer.issue(nameOf(number), [])));
    return new Crowd(await tokensOf(CUSTOMERS, customer), await tokensOf(VISITORS, visitor));
  }

  tokenOf(customerNumber: number): string {
    return this.customers[customerNumber]!;
  }

  /** The tokens of those who are in the shop already but have not been heard of for a while. */
  quietCustomers(shop: number): readonly string[] {
    const seen = this.seenBy(shop);
    const now = performance.now();
    if (now - seen.customersAt < QUIET) return [];
    seen.customersAt = now;
    return this.customers;
  }

  /** The tokens of those who wait for the coupon. The shop forgets its customers over them. */
  waiting(shop: number): readonly string[] {
    const seen = this.seenBy(shop);
    seen.customersAt = Number.NEGATIVE_INFINITY;
    return Array.from({ length: WAITING }, (_, place) => this.visitors[(seen.visitor + place) % VISITORS]!);
  }

  /** Who comes for one coupon, each once. @throws Error when nobody is left who does not have it */
  rush(shop: number): () => string {
    const seen = this.seenBy(shop);
    const last = seen.visitor + VISITORS;
    return () => {
      if (seen.visitor === last)
        throw new Error(`all ${VISITORS} visitors have the coupon: measure for a shorter time`);
      return this.visitors[seen.visitor++ % VISITORS]!;
    };
  }

  /** Share of a rush that was waiting before it began. */
  static knownOf(issues: number): number {
    return issues === 0 ? 1 : Math.min(1, WAITING / issues);
  }

  private seenBy(shop: number): Seen {
    const seen = this.seen.get(shop) ?? { customersAt: Number.NEGATIVE_INFINITY, visitor: 0 };
    this.seen.set(shop, seen);
    return seen;
  }
}
