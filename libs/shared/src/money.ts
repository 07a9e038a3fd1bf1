/** An amount of won (KRW): a safe integer, because the won has no minor unit and floats lose money. */
export class Money {
  static readonly zero = new Money(0);

  private constructor(readonly won: number) {}

  /** @throws RangeError when `won` is not a safe integer */
  static of(won: number): Money {
    if (!Number.isSafeInteger(won)) throw new RangeError(`an amount of won must be a safe integer, got ${won}`);
    return won === 0 ? Money.zero : new Money(won);
  }

  get isPositive(): boolean {
    return this.won > 0;
  }

  plus(other: Money): Money {
    return Money.of(this.won + other.won);
  }

  minus(other: Money): Money {
    return Money.of(this.won - other.won);
  }

  times(quantity: number): Money {
    return Money.of(this.won * quantity);
  }

  /** `percent` of this amount, rounded down to a won. */
  percent(percent: number): Money {
    return Money.of(Math.floor(this.times(percent).won / 100));
  }

  atMost(limit: Money): Money {
    return this.won > limit.won ? limit : this;
  }

  covers(other: Money): boolean {
    return this.won >= other.won;
  }

  toJSON(): number {
    return this.won;
  }
}
