const checks = new WeakMap<object, () => boolean>();

/**
 * Says of a value that everybody may read how to find out, at once, whether it is still what a read would give now: what
 * was made of it, such as the bytes of an answer, serves for as long.
 */
export function shareWhile(value: object, isCurrent: () => boolean): void {
  checks.set(value, isCurrent);
}

/** How to find out; undefined of a value that is not shared. */
export function currencyOf(value: object): (() => boolean) | undefined {
  return checks.get(value);
}
