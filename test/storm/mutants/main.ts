import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { assertLinux, runMain } from '../../support/programs/run-main';
import { stopOnSignal } from '../run';
import { rage, type StormReport } from '../storm';
import { makeArmedBuild } from '../world/armed-build';
import { World } from '../world/world';
import { PLANTED_BUGS, type PlantedBug } from './planted-bugs';

/** Seconds in which a bug has to be found. */
const LIMIT = 120;
/** Seconds of storm; what is not seen by then shows when all is settled. */
const STORM = 45;
const SEED = 20_261_125;
const RATE = 150;

const HELP = `npm run storm:mutants -- [--bug NAME]

  Makes each of ${PLANTED_BUGS.length} mistakes in a copy of the build and lets the storm find it, within ${LIMIT} seconds.
  Exit code 1 when one was not found.

`;

interface Find {
  readonly seconds: number;
  /** What saw it; undefined when nothing did. */
  readonly by: string | undefined;
}

async function main(args: readonly string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args: [...args], options: { bug: text, help: { type: 'boolean' } } });
  const names = PLANTED_BUGS.map(({ name, consequence }) => `  ${name}: ${consequence}`).join('\n');
  if (values.help) {
    process.stdout.write(`${HELP}${names}\n`);
    return 0;
  }
  const bugs = PLANTED_BUGS.filter(({ name }) => values.bug === undefined || name === values.bug);
  if (bugs.length === 0) throw new Error(`There is no bug "${values.bug}". There are:\n${names}`);
  assertLinux('The storm');

  let missed = 0;
  for (const bug of bugs) {
    process.stdout.write(`${bug.name}: ${bug.consequence}\n`);
    const { seconds, by } = await hunt(bug);
    if (by === undefined || seconds > LIMIT) missed++;
    process.stdout.write(`  ${Math.round(seconds)} s, ${by ?? 'NOT FOUND'}\n`);
  }
  process.stdout.write(`\n${bugs.length - missed} of ${bugs.length} found within ${LIMIT} s each\n`);
  return missed === 0 ? 0 : 1;
}

async function hunt({ name, patches, schema, postgresSettings, only }: PlantedBug): Promise<Find> {
  const dir = path.resolve('.cache', 'storm', `${process.pid}-${name.replaceAll(' ', '-')}`);
  const build = path.join(dir, 'build');
  makeArmedBuild(build, patches);
  const world = await World.open({ dir, build, schema, postgresSettings });
  const forget = stopOnSignal(world, dir);
  const began = performance.now();
  try {
    const options = { seconds: STORM, seed: SEED, rate: RATE, ...(only && { only }) };
    const watching = { tell: () => undefined, isHunting: true };
    const report = await rage(world, path.join(dir, 'history.jsonl'), options, watching);
    return { seconds: (performance.now() - began) / 1_000, by: report.trouble ?? firstProblem(report) };
  } finally {
    await world.close();
    forget();
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

/** Recovery is no proof: a shop with a bug and one without are equally slow on a busy machine. */
function firstProblem({ verdict, problems }: StormReport): string | undefined {
  const checker = verdict.checkers.find(({ name, problems }) => name !== 'recovery' && problems.length > 0);
  return checker ? `checker ${checker.number}, ${checker.name}: ${checker.problems[0]}` : problems[0];
}

runMain(main);
