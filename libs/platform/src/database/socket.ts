import type { Socket } from 'node:net';

/** The socket of a connection of the driver: destroying it ends whatever the connection is waiting for. */
export function socketOf(client: object): Socket {
  return (client as { connection: { stream: Socket } }).connection.stream;
}
