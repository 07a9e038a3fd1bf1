import fs from 'node:fs';
import type { Failpoint } from '../../../libs/platform/src/failpoints/failpoint';

/** `cut` ends the connection, or throws where none is at hand; `kill` ends the process, as kill -9 does. */
export type StrikeAction = 'cut' | 'kill';

/** What the storm tells an instance: to start; to strike, once; to have a clock that is off by that many milliseconds. */
export type Order =
  | { readonly go: true }
  | { readonly arm: Failpoint; readonly action: StrikeAction }
  | { readonly skew: number };

/** What an instance tells the storm, a line of JSON each. */
export interface Hit {
  readonly hit: Failpoint;
  readonly action: StrikeAction;
}

/** A pipe to the storm: a write to it has been done when the call returns, also when the next one kills the process. */
const HITS_DESCRIPTOR = 4;

interface Connection {
  destroy(): unknown;
}

// A copy of this file stands alone, beside no reader of the environment.
if (process.env.NODE_ENV === 'production') {
  throw new Error('a build for crash tests refuses to run in production');
}

const armed = new Map<Failpoint, StrikeAction>();
let skew = 0;

process.on('message', (order: Order) => {
  if ('skew' in order) skew = order.skew;
  if ('arm' in order) armed.set(order.arm, order.action);
});
// An instance that has nothing else to do may end.
process.channel?.unref();

const realNow = Date.now;
Date.now = () => realNow() + skew;
// Dates that exist stay dates: prototype and `instanceof` are those of the real one.
globalThis.Date = new Proxy(Date, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [target.now()] : args, newTarget) as object,
});
Date.prototype.constructor = Date;

/** In the place of the function of the same name, in a build for the storm: the next pass of an armed point strikes. */
export function failpoint(at: Failpoint, connection?: Connection): void {
  const action = armed.get(at);
  if (action === undefined) return;
  armed.delete(at);
  const hit: Hit = { hit: at, action };
  fs.writeSync(HITS_DESCRIPTOR, `${JSON.stringify(hit)}\n`);
  if (action === 'kill') process.kill(process.pid, 'SIGKILL');
  else if (connection) connection.destroy();
  else throw new Error(`the storm struck at ${at}`);
}
