import type { Random } from '../random';

/** Deals cards by chance, each as often as it is in the deck before any comes again. */
export class Deck<T> {
  private rest: T[] = [];

  constructor(
    private readonly cards: readonly T[],
    private readonly random: Random,
  ) {}

  /** Undefined when there are no cards at all. */
  draw(): T | undefined {
    if (this.rest.length === 0) this.rest = [...this.cards];
    return this.rest.splice(this.random.between(0, this.rest.length - 1), 1)[0];
  }
}
