import { devTokenIssuer } from '@app/platform';
import { CUSTOMERS, customer, visitor } from '../stage';
import type { Pace } from './closed-loop';

/** More than come in one measure, and more than the shop remembers tokens of. */
const VISITORS = 60_000;
/** Tokens that a shop remembers (`RememberingTokenVerifier`): the least recently used is forgotten first. */
const REMEMBERED = 50_000;
/** Visitors who look around before a rush of a second or more begins: more than come in a second. */
const WAITING = 9_000;

/** What each shop has seen of the crowd. */
interface Seen {
  /** The next visitor at the time when the customers made themselves known. */
  customersBefore: number;
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

  /** The tokens of all customers, if the shop may have forgotten some over the visitors who came since. */
  forgottenCustomers(shop: number): readonly string[] {
    const seen = this.seenBy(shop);
    // At most: those who wait have been seen before they come.
    const visitorsSince = seen.visitor + WAITING - seen.customersBefore;
    if (visitorsSince <= REMEMBERED - CUSTOMERS) return [];
    seen.customersBefore = seen.visitor;
    return this.customers;
  }

  /**
   * The tokens of those who wait for the coupon: of all who will come in a second, so that no token is verified in it. In
   * a longer rush strangers come after them, and the report says what share was known.
   */
  waiting(shop: number, rush: Pace): readonly string[] {
    const { visitor: first } = this.seenBy(shop);
    const seconds = (rush.warmUp + rush.duration) / 1_000;
    const length = Math.ceil(WAITING * Math.min(1, seconds));
    return Array.from({ length }, (_, place) => this.visitors[(first + place) % VISITORS]!);
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

  private seenBy(shop: number): Seen {
    const seen = this.seen.get(shop) ?? { customersBefore: Number.NEGATIVE_INFINITY, visitor: 0 };
    this.seen.set(shop, seen);
    return seen;
  }
}
