import type { InstanceName } from '../history';
import type { Random } from '../random';
import type { World } from '../world/world';

/** What a fault needs to know where and for how long. */
export interface Strike {
  readonly world: World;
  readonly random: Random;
  /** The instance that a fault of one instance hits. */
  readonly instance: InstanceName;
  /** Says that the shop broke a promise which only the fault itself can see. */
  report(problem: string): void;
}

/** Something that goes wrong, from its beginning to the moment at which nothing stands in the way any more. */
export interface Fault {
  readonly name: string;
  /** What it is counted as: faults of one kind strike the same server in the same way. */
  readonly kind: string;
  /** What it takes away; two faults of one target never strike together. */
  readonly target: 'postgres' | 'redis' | 'platform' | 'issuer' | 'instance' | 'wire';
  /** How many times it is in the deck. */
  readonly weight: number;
  strike(strike: Strike): Promise<void>;
}
