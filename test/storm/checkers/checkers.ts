import { answers } from './answers';
import { audits } from './audits';
import { coupons } from './coupons';
import { deliveries } from './deliveries';
import { effects } from './effects';
import type { Evidence } from './evidence';
import { open } from './open';
import { order } from './order';
import { reads } from './reads';
import { recovery } from './recovery';
import { replies } from './replies';
import { resources } from './resources';

export interface Checker {
  readonly number: number;
  readonly name: string;
  /** What is wrong, a line each, in words by which a person finds it in the history. */
  check(evidence: Evidence): string[];
}

/** More of the same tells nobody more. */
const SHOWN = 20;

export const CHECKERS: readonly Checker[] = [
  checker(1, 'effects', effects),
  checker(2, 'replies', replies),
  checker(3, 'order', order),
  checker(4, 'reads', reads),
  checker(5, 'audits', audits),
  checker(6, 'deliveries', deliveries),
  checker(7, 'coupons', coupons),
  checker(8, 'answers', answers),
  checker(9, 'recovery', recovery),
  checker(10, 'resources', resources),
  checker(11, 'open', open),
];

function checker(number: number, name: string, check: Checker['check']): Checker {
  return { number, name, check: (evidence) => shownOf(check(evidence)) };
}

function shownOf(problems: string[]): string[] {
  const more = problems.length - SHOWN;
  return more > 0 ? [...problems.slice(0, SHOWN), `... and ${more} more`] : problems;
}
