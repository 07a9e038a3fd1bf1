import fs from 'node:fs';
import path from 'node:path';
import { startProgress } from '../../apps/cli/src/progress';
import { Ending } from '../storm/world/ending';
import type { BenchOptions } from './bench-options';
import { type Measure, MOST_PAYMENTS, measure } from './measure/meter';
import { type Rehearsal, rehearse } from './measure/rehearsal';
import { roundOf } from './plan';
import { markdownOf } from './report/markdown';
import { summarize } from './report/summary';
import { openWorld, type World } from './world/world';

/** Below the project, where its packages are found. */
const FOLDER = path.join('.cache', 'bench');

export interface Run {
  readonly options: BenchOptions;
  readonly rehearsal: Rehearsal;
  readonly measures: readonly (Measure & { readonly round: number })[];
}

/** Makes one benchmark, from starting servers to the report. */
export async function run(options: BenchOptions): Promise<number> {
  const ending = new Ending();
  const stop = endOnSignal(ending);
  try {
    const seconds = options.seconds + options.warmUp;
    const world = await openWorld(
      { dir: path.resolve(FOLDER, String(process.pid)), pending: Math.ceil(seconds * MOST_PAYMENTS), tell: say },
      ending,
    );
    const result = await measureAll(world, options);
    report(result);
    return 0;
  } finally {
    await ending.run();
    stop();
  }
}

async function measureAll(world: World, options: BenchOptions): Promise<Run> {
  const measuresOfARound = roundOf(options, 0).length;
  const progress = startProgress('Measuring', measuresOfARound * (options.rounds + 1), process.stdout);
  try {
    const rehearsal = await rehearse(world, options, () => progress.step());
    const measures: (Measure & { round: number })[] = [];
    for (let round = 0; round < options.rounds; round++) {
      for (const task of roundOf(options, round)) {
        if (task.contender === 'b') await world.sites.b.program.ask(rehearsal.sizes.get(task.work) ?? 0);
        measures.push({ ...(await measure(world, task)), round });
        for (const { program } of Object.values(world.sites)) program.assertAlive();
        progress.step();
      }
    }
    return { options, rehearsal, measures };
  } finally {
    progress.end();
  }
}

function report({ options, rehearsal, measures }: Run): void {
  const rows = summarize(measures);
  const text = markdownOf(rows, rehearsal);
  fs.mkdirSync(options.out, { recursive: true });
  fs.writeFileSync(path.join(options.out, 'bench.json'), JSON.stringify({ options, rows, measures }, null, 1));
  fs.writeFileSync(path.join(options.out, 'bench.md'), text);
  process.stdout.write(`\n${text}\nThe report is in ${options.out}.\n`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Nothing is left, running or in the folder, when a person ends it early. */
function endOnSignal(ending: Ending): () => void {
  const stop = (): void => void ending.run().then(() => process.exit(130));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  return () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
  };
}
