/** The socket of a connection of the driver: destroying it ends whatever the connection is waiting for. */
export function socketOf(client: object): { destroy(): void } {
  return (client as { connection: { stream: { destroy(): void } } }).connection.stream;
}
