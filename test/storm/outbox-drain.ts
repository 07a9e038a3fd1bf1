import { setTimeout as pause } from 'node:timers/promises';
import type { World } from './world/world';

/**
 * Does what an operator does after an outage: retries by the API every event that waits for a later attempt or was
 * given up, until all are delivered. Tells how many were left when the patience, in milliseconds, was over.
 */
export async function drainOutbox({ postgres, issuer, instances }: World, patience: number): Promise<number> {
  const token = await issuer.tokenOf('operator', ['admin']);
  const deadline = performance.now() + patience;
  for (;;) {
    const left = await postgres.query<{ id: string }>(`SELECT id FROM outbox_event WHERE status <> 'DELIVERED'`);
    if (left.length === 0 || performance.now() > deadline) return left.length;
    for (const { id } of left) {
      await fetch(`${instances.A.url}/admin/deliveries/${id}/retry`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
      }).then((response) => response.arrayBuffer());
    }
    await pause(1_000);
  }
}
