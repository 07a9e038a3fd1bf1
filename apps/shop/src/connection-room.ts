import { connectionsOf, type Env } from '@app/platform';
import { Logger } from '@nestjs/common';
import { Client } from 'pg';

/**
 * Says early, where it would otherwise be found out under load, that all workers together may want more connections than
 * the database has. No more than a warning: a pooler in between may have enough for all.
 */
export async function warnOfFewConnections({ DATABASE_URL, WORKERS }: Env): Promise<void> {
  const client = new Client({ connectionString: DATABASE_URL });
  await client.connect();
  try {
    const { rows } = await client.query<{ room: number }>(
      `SELECT current_setting('max_connections')::integer
            - current_setting('superuser_reserved_connections')::integer AS room`,
    );
    const wanted = WORKERS * connectionsOf(WORKERS).all;
    const { room } = rows[0]!;
    if (wanted <= room) return;
    new Logger('Primary').warn(
      `WORKERS=${WORKERS} may take ${wanted} connections and the database has ${room}: start fewer, or raise max_connections`,
    );
  } finally {
    await client.end();
  }
}
