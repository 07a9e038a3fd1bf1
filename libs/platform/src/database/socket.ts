import type { Socket } from 'node:net';

/** The socket of a connection of the driver: destroying it ends whatever the connection is waiting for. */
export function socketOf(client: object): Socket {
  return (client as { connection: { stream: Socket } }).connection.stream;
}

/** Closes it at once, whatever it is doing; `end` tells the pool not to keep it. */
export function destroyConnection(client: object): void {
  socketOf(client).destroy();
  void (client as { end(): Promise<void> }).end().catch(() => undefined);
}
