import fs from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { type LocalServer } from '../../../apps/local/src/local-server';
import { freePort } from '../../../apps/local/src/ports';
import { ensureDatabase, startPostgres } from '../../../apps/local/src/postgres';
import type { Leash } from '../../support/programs/leash';
import { signal } from '../../support/programs/processes';
import { ServerFamily } from './server-family';

const DATABASE = 'jangteo';
/** Few enough for strangers to take them all. */
const SETTINGS = { max_connections: '100' };
/** Milliseconds in which a server that was killed has to be back. */
const PATIENCE = 30_000;

interface Options {
  /** The data folder. */
  readonly dir: string;
  /** Over PostgreSQL's own durable defaults. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  readonly leash: Leash;
}

/** The database server under storm: always on one port over one folder, whatever is done to it. */
export class StormPostgres extends ServerFamily {
  private readonly idle = new Set<Client>();

  private constructor(
    readonly url: string,
    private server: LocalServer,
    private readonly options: {
      readonly dir: string;
      readonly port: number;
      readonly settings: Record<string, string>;
    },
    leash: Leash,
  ) {
    super(`${options.dir}.owner`, leash);
  }

  static async open({ dir, settings = {}, leash }: Options): Promise<StormPostgres> {
    const options = { dir, port: await freePort(), settings: { ...SETTINGS, ...settings } };
    const server = await startPostgres(options);
    try {
      const url = await ensureDatabase(server, DATABASE);
      return new StormPostgres(url, server, options, leash);
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /**
   * Runs one statement past the wires. While the server is away or starting it is tried again, also when the connection
   * broke after it was sent: for statements that may run twice.
   */
  async query<Row extends object = object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const deadline = performance.now() + PATIENCE;
    for (;;) {
      try {
        return await this.once<Row>(text, values);
      } catch (error) {
        if (!isPassing(error) || performance.now() > deadline) throw error;
        await pause(50);
      }
    }
  }

  /** SIGKILL to the process of one connection, the shop's if it has any: the server then ends all of them and recovers. */
  async killBackend(): Promise<void> {
    const [victim] = await this.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'
        ORDER BY application_name = 'jangteo' DESC, pid = pg_backend_pid(), random() LIMIT 1`,
    );
    signal(victim!.pid, 'SIGKILL');
  }

  /** `fast` ends all sessions and writes everything down; `immediate` leaves that to the recovery at the next start. */
  stop(mode: 'fast' | 'immediate'): Promise<void> {
    return this.end(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
  }

  /** What it has said in all its lives. */
  log(): string {
    return fs.readFileSync(`${this.options.dir}.log`, 'utf8');
  }

  async close(): Promise<void> {
    this.resume();
    await this.starting?.catch(() => undefined);
    for (const client of this.idle) void client.end().catch(() => undefined);
    await this.server.stop();
  }

  protected async startAgain(): Promise<void> {
    if (!this.isRunning) this.server = await startPostgres(this.options);
    await this.query('SELECT 1');
  }

  private async once<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]> {
    const client = await this.connection();
    try {
      const { rows } = await client.query<Row>(text, [...values]);
      this.idle.add(client);
      return rows;
    } catch (error) {
      void client.end().catch(() => undefined);
      throw error;
    }
  }

  /** One that was left open if there is any: when strangers take all connections, that one is still ours. */
  private async connection(): Promise<Client> {
    for (const client of this.idle) {
      this.idle.delete(client);
      return client;
    }
    const client = new Client({
      connectionString: this.url,
      connectionTimeoutMillis: 5_000,
      application_name: 'storm',
    });
    // A server that dies says so on an idle connection too, where nobody else would hear it.
    client.on('error', () => this.idle.delete(client));
    client.on('end', () => this.idle.delete(client));
    await client.connect();
    return client;
  }
}

/** Classes 57P (the server ends or begins) and 53300 (no connection free), and connections that break. */
function isPassing(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  return /^(57P0[123]|53300|ECONN\w+|EPIPE)$/.test(code) || /terminated|timeout|not queryable/i.test(message);
}
