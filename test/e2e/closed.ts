import { connect } from 'node:net';
import { eventually } from '../support/eventually';

/** Resolves once nobody takes a new connection at that port. */
export async function closed(port: number, within: number): Promise<void> {
  const refused = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('connect', () => resolve(socket.destroy() && false));
      socket.on('error', () => resolve(true));
    });
  await eventually(refused, (is) => is, within);
}
