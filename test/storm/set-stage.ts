import type { Random } from './random';
import { type Admin, Stage } from './workload/stage';
import type { World } from './world/world';

/** Fills the shop by its own API, before anything is broken. */
export async function setStage({ instances, issuer }: World, random: Random, seconds: number): Promise<Stage> {
  const token = await issuer.tokenOf('admin', ['admin']);
  const admin: Admin = async <T>(method: string, path: string, body: unknown): Promise<T> => {
    const response = await fetch(instances.A.url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  };
  return Stage.set(admin, random, seconds);
}
