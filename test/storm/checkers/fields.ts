/** Answers and bodies as they came over the wire: whatever is not as expected reads as absent, and never throws. */

export function textIn(value: unknown, name: string): string | undefined {
  const field = fieldIn(value, name);
  return typeof field === 'string' ? field : undefined;
}

export function numberIn(value: unknown, name: string): number | undefined {
  const field = fieldIn(value, name);
  return typeof field === 'number' ? field : undefined;
}

export function listIn(value: unknown, name: string): readonly unknown[] | undefined {
  const field = fieldIn(value, name);
  return Array.isArray(field) ? field : undefined;
}

export function fieldIn(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** The id of what a path is about: of the order in `/orders/{id}/cancel`, say. */
export function targetOf(path: string): string | undefined {
  return /\/(?:orders|payments|coupons|options|products)\/([^/?]+)/.exec(path)?.[1];
}
