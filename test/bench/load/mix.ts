import type { WorkName } from '../works';

/** Whom a shop that has too much to do refuses first: those who look, then those who order, those who pay last. */
export const CLASSES = ['read', 'order', 'payment'] as const;

export type RequestClass = (typeof CLASSES)[number];

export interface Part {
  readonly work: WorkName;
  readonly class: RequestClass;
  /** Of a hundred requests. */
  readonly share: number;
}

/** What a busy shop is asked for. */
export const MIX: readonly Part[] = [
  { work: 'page', class: 'read', share: 20 },
  { work: 'product', class: 'read', share: 20 },
  { work: 'balance', class: 'read', share: 10 },
  { work: 'charge', class: 'order', share: 15 },
  { work: 'order', class: 'order', share: 20 },
  { work: 'payment', class: 'payment', share: 15 },
];

/** `chance`: from 0 to 1, without 1. */
export function partAt(chance: number): Part {
  let below = 0;
  for (const part of MIX) {
    below += part.share;
    if (100 * chance < below) return part;
  }
  return MIX.at(-1)!;
}
