import type { Shop } from '../shop-services';
import type { Call } from './interleaver';
import { type Pending, soonDue } from './scenes';

/** Two calls on rows of their own, prepared and not yet made. */
export interface Scene {
  readonly calls: readonly [Call, Call];
  /** An order that the sweeper is to find. */
  readonly due?: Pending;
}

/** Two use cases that want the same rows. */
export interface Meeting {
  readonly title: string;
  /** How the two may end: as if one had come after the other. All of these occur. */
  readonly outcomes: readonly (readonly [string, string])[];
  /** Nothing would change if the two changed places. */
  readonly isSymmetric?: true;
  /** The second call is never held on its own: they share no row that both write, or one that others meet on as well. */
  readonly isSparse?: true;
  stage(shop: Shop): Promise<Scene>;
}

export const OK = [['ok', 'ok']] as const;

/** Whoever is first wins, and the other one is refused so. */
export const either = (refusal: string) =>
  [
    ['ok', refusal],
    [refusal, 'ok'],
  ] as const;

/** Depends on what the other one did before: the first is refused without it. */
export const firstNeedsSecond = (refusal: string) => [OK[0], [refusal, 'ok']] as const;
export const secondNeedsFirst = (refusal: string) => [OK[0], ['ok', refusal]] as const;

/** The same call at both instances. */
export const twice = (call: Call) => [call, call] as const;

/** Makes an order due that a scene wants to be. */
export async function begin(shop: Shop, { due }: Scene): Promise<void> {
  if (due) await soonDue(shop, due);
}
