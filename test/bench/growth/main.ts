import fs from 'node:fs';
import path from 'node:path';
import { exit } from 'node:process';
import { Client } from 'pg';
import { Ending } from '../../storm/world/ending';
import { measureFlows } from './flows';
import { growShop } from './grown-shop';
import { type GrowthOptions, HELP, readOptions } from './growth-options';
import { measureAudits, measureRankings } from './jobs';
import { describeGrowth, type Growth } from './report';

async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  if (options === 'help') process.stdout.write(HELP);
  else await run(options);
}

async function run({ sizes, out, keep }: GrowthOptions): Promise<void> {
  const measured: Growth[] = [];
  for (const orders of sizes) {
    measured.push(await measure(orders, keep));
    fs.mkdirSync(path.dirname(out), { recursive: true });
    fs.writeFileSync(out, `${JSON.stringify(measured, null, 2)}\n`);
  }
  process.stdout.write(
    `\np50 / p99 of a call; checks of the audit alone\n\n${describeGrowth(measured)}\nJSON: ${out}\n`,
  );
}

/** Leaves nothing running, and nothing on the disk that is not to be kept, however it ends. */
async function measure(orders: number, keep: boolean): Promise<Growth> {
  const folder = path.resolve('.cache', 'growth', String(orders));
  const ending = new Ending();
  if (!keep) ending.add(() => fs.rmSync(folder, { recursive: true, force: true }));
  const stop = stopOnSignal(ending);
  try {
    const shop = await growShop(orders, folder, ending);
    const { url, databaseUrl, seeding } = shop;
    const bytes = await sizeOf(databaseUrl);
    const flows = await measureFlows(url, orders);
    const rankings = await measureRankings(url);
    await shop.stop();
    return { orders, seeding, bytes, flows, rankings, audits: await measureAudits(databaseUrl) };
  } finally {
    await ending.run();
    stop();
  }
}

function stopOnSignal(ending: Ending): () => void {
  const stop = (): void => void ending.run().then(() => exit(130));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  return () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
  };
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

main(process.argv.slice(2)).then(
  () => exit(0),
  (error: unknown) => {
    process.stderr.write(`✖ ${error instanceof Error ? error.message : error}\n`);
    exit(2);
  },
);
