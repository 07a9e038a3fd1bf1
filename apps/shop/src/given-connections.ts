import type { Worker } from 'node:cluster';

/** Node's own handle of a connection. */
interface Connection {
  close(): void;
}

/** What Node's cluster sends beside a connection, and gets for it; nothing of it is promised by Node's documentation. */
interface Handover {
  readonly act?: string;
  readonly seq?: number;
  readonly ack?: number;
}

/**
 * Closes what a worker was given and has not accepted when it dies. The cluster forgets such a connection and leaves it
 * open: who waits for an answer on it would wait for ever. Should Node do it in another way some day, nothing is found
 * here and nothing is closed.
 */
export function closeWhatItLeaves(worker: Worker): void {
  const { process: child } = worker;
  const given = new Map<number, Connection>();
  const send = child.send.bind(child) as (...args: unknown[]) => boolean;
  child.send = (...args: unknown[]): boolean => {
    const [{ act, seq }, connection] = args as [Handover, Connection | undefined];
    if (act === 'newconn' && seq !== undefined && connection !== undefined) given.set(seq, connection);
    return send(...args);
  };
  child.on('internalMessage' as 'message', ({ ack }: Handover) => ack !== undefined && given.delete(ack));
  worker.once('exit', () => {
    for (const connection of given.values()) connection.close();
  });
}
