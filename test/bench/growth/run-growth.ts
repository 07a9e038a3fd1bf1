import fs from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { withEnding } from '../../support/programs/with-ending';
import { say } from '../report/publish';
import { measureFlows } from './flows';
import { growShop } from './grown-shop';
import type { GrowthOptions } from './growth-options';
import { measureAudits, measureRankings } from './jobs';
import { describeGrowth, type Growth } from './report';

/** One shop after another; the file has those that were measured so far. */
export async function runGrowth({ sizes, out, keep }: GrowthOptions): Promise<number> {
  const measured: Growth[] = [];
  for (const orders of sizes) {
    measured.push(await measure(orders, keep));
    fs.mkdirSync(path.dirname(out), { recursive: true });
    fs.writeFileSync(out, `${JSON.stringify(measured, null, 2)}\n`);
  }
  say(`\np50 / p99 of a call; checks of the audit alone\n\n${describeGrowth(measured)}\n\nJSON: ${out}`);
  return 0;
}

function measure(orders: number, keep: boolean): Promise<Growth> {
  const folder = path.resolve('.cache', 'growth', String(orders));
  return withEnding(async (ending) => {
    if (!keep) ending.add(() => fs.rmSync(folder, { recursive: true, force: true }));
    const shop = await growShop(orders, folder, ending);
    const { url, databaseUrl, seeding } = shop;
    const bytes = await sizeOf(databaseUrl);
    const flows = await measureFlows(url, orders);
    const rankings = await measureRankings(url);
    await shop.stop();
    return { orders, seeding, bytes, flows, rankings, audits: await measureAudits(databaseUrl) };
  });
}

async function sizeOf(databaseUrl: string): Promise<number> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query('SELECT pg_database_size(current_database())::float8 AS bytes');
    return rows[0].bytes;
  } finally {
    await client.end();
  }
}
