import type { Work } from '../works';
import { Connection } from './connection';
import type { Crowd } from './crowd';
import { Requests } from './requests';

/** Connections over which the crowd makes itself known. */
const GREETERS = 32;
const requests = new Requests(false);

/** Lets a shop verify the tokens that it would know by now if it had been open all day. */
export async function greet(crowd: Crowd, port: number, who: Work['callersAre']): Promise<void> {
  if (who === 'anybody') return;
  const tokens = who === 'customers' ? crowd.forgottenCustomers(port) : crowd.waiting(port);
  if (tokens.length === 0) return;
  const connections = await Connection.openAll(port, GREETERS);
  const left = tokens.values();
  await Promise.all(
    connections.map(async (connection) => {
      for (const token of left) {
        const { status } = await connection.send(requests.get('/balance', token));
        if (status !== 200) throw new Error(`a customer who came in was answered with ${status}`);
      }
    }),
  );
  for (const connection of connections) connection.close();
}
