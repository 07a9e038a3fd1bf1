type Stop = () => Promise<unknown>;

// Jest loads setup and teardown as two modules that share nothing else.
const shared = globalThis as typeof globalThis & { stopsAtTeardown?: Stop[] };

/** What is kept last is stopped first. */
export function keepForTeardown(stop: Stop): void {
  shared.stopsAtTeardown ??= [];
  shared.stopsAtTeardown.unshift(stop);
}

/** Stops everything, also when one of them fails, and then says so. */
export async function stopAll(): Promise<void> {
  const stops = shared.stopsAtTeardown ?? [];
  shared.stopsAtTeardown = [];
  const failures: unknown[] = [];
  for (const stop of stops) await stop().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw new AggregateError(failures, 'Some servers of the tests did not stop.');
}

export default async function stopServers(): Promise<void> {
  await stopAll();
}
