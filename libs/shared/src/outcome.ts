import { DomainException } from './domain-exception';

/** How one command of a batch ended: with what was asked for, or refused by a rule. */
export type Outcome<T> = { readonly value: T } | { readonly refusal: DomainException };

/** Decides one command; a rule that says no is that command's outcome, anything else fails the whole batch. */
export function attempt<T>(decide: () => T): Outcome<T> {
  try {
    return { value: decide() };
  } catch (error) {
    if (error instanceof DomainException) return { refusal: error };
    throw error;
  }
}

/** The value of a granted command as a list of one, nothing for a refused one: for `flatMap`. */
export function granted<T>(outcome: Outcome<T>): T[] {
  return 'value' in outcome ? [outcome.value] : [];
}

/** The value, or the refusal thrown. */
export function settle<T>(outcome: Outcome<T>): T {
  if ('refusal' in outcome) throw outcome.refusal;
  return outcome.value;
}
