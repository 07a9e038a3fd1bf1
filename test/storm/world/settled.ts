/** Waits for all of them even when one fails: what still opens then has to be closed too. */
export async function settled<T extends unknown[]>(
  openings: readonly [...{ [I in keyof T]: Promise<T[I]> }],
): Promise<T> {
  await Promise.allSettled(openings);
  return Promise.all(openings) as Promise<T>;
}
