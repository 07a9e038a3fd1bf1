import type { Contender, Served } from '../contenders';
import type { WorkName } from '../works';
import type { Pace, Result } from './closed-loop';
import type { Arrivals, OpenResult } from './open-loop';

/** What a measure works on. Numbers are those of the ids in the stage. */
export interface Material {
  /** The hot coupon of this measure: nobody has it yet. */
  readonly coupon: number;
  /** The first of the orders that wait for payment, and the one after the last. */
  readonly pending: { readonly from: number; readonly to: number };
}

/** One measure over HTTP. */
export interface HttpOrder extends Pace {
  readonly work: WorkName;
  readonly contender: Served;
  readonly port: number;
  readonly material: Material;
}

/** One measure on raw connections. */
export interface SqlOrder extends Pace {
  readonly work: WorkName;
  readonly contender: Exclude<Contender, Served>;
  /** Of the database. */
  readonly url: string;
  readonly material: Material;
}

export interface LoadResult extends Result {
  /** Orders that were paid of those that were waiting, counted from the first. */
  readonly paid: number;
  /** Bytes of an answer's body, on average; of HTTP only. */
  readonly answerSize: number;
  /** Share of the requests whose token the shop had seen before and remembered. */
  readonly knownTokens: number;
}

/** The mix of requests in a closed loop: how much the shop can do. */
export interface CapacityOrder extends Pace {
  readonly kind: 'capacity';
  readonly port: number;
  readonly material: Material;
}

export interface CapacityResult {
  /** Accepted a second. */
  readonly rate: number;
  /** Share of the answers that were refusals. */
  readonly refused: number;
  readonly paid: number;
  readonly p50: number;
  readonly p99: number;
}

/** The mix of requests at a rate of its own. */
export interface OverloadOrder extends Arrivals {
  readonly kind: 'overload';
  readonly port: number;
  readonly connections: number;
  readonly material: Material;
}

export interface OverloadResult extends OpenResult {
  readonly paid: number;
  /** How often each code was the reason of a refusal, in the warm-up too. */
  readonly codes: Readonly<Record<string, number>>;
}
