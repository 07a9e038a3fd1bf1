import fs from 'node:fs';
import path from 'node:path';
import { describeVerdict } from './checkers/describe-verdict';
import { missing } from './gates';
import { FAILPOINTS, labelOf } from './nemesis/failpoints';
import { ProgressLine } from './progress-line';
import { rage, type StormReport } from './storm';
import type { StormOptions } from './storm-options';
import { makeArmedBuild } from './world/armed-build';
import { World } from './world/world';

/** Below the project, where its packages are found; nothing in it is kept but the traces of a storm that broke something. */
const FOLDER = path.join('.cache', 'storm');

/** Makes one storm and tells how it went; 0 when nothing is wrong. */
export async function run(options: StormOptions): Promise<number> {
  const dir = path.resolve(FOLDER, `${process.pid}-${options.seed}`);
  const line = new ProgressLine(process.stdout);
  line.say(`Seed ${options.seed}: two instances, ${Math.round(options.seconds / 6) / 10} minutes of storm.`);
  const build = path.join(dir, 'build');
  makeArmedBuild(build);
  const world = await World.open({ dir, build });
  const stop = stopOnSignal(world, dir);
  try {
    const report = await rage(world, path.join(dir, 'history.jsonl'), options, line);
    await world.close();
    const problems = [...report.problems, ...(options.gate ? missing(options.gate, report.verdict, report.hits) : [])];
    line.say(describe(report, options));
    for (const problem of problems) line.say(`✖ ${problem}`);
    const isGood = report.verdict.ok && problems.length === 0;
    if (isGood) fs.rmSync(dir, { recursive: true, force: true });
    else line.say(`The history and the logs are in ${path.relative('.', dir)}.`);
    return isGood ? 0 : 1;
  } finally {
    await world.close();
    stop();
  }
}

function describe({ verdict, hits, usualRate, seconds }: StormReport, { seed }: StormOptions): string {
  return describeVerdict(verdict, {
    seed: String(seed),
    'minutes of storm': Math.round(seconds / 6) / 10,
    'operations a second in the calm': Math.round(usualRate),
    ...Object.fromEntries(FAILPOINTS.map((point) => [`hits of ${labelOf(point)}`, hits[point]])),
  });
}

/** Nothing is left, running or in the folder, when a person ends it early. */
export function stopOnSignal(world: World, dir: string): () => void {
  const stop = (): void =>
    void world.close().then(() => {
      fs.rmSync(dir, { recursive: true, force: true });
      process.exit(130);
    });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  return () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
  };
}
