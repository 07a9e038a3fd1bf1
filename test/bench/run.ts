import fs from 'node:fs';
import path from 'node:path';
import { startProgress } from '../../apps/cli/src/progress';
import type { BenchOptions } from './bench-options';
import { Failures } from './measure/failures';
import { type Measure, MOST_PAYMENTS, measure } from './measure/meter';
import { rehearse } from './measure/rehearsal';
import { verify } from './measure/verification';
import { roundOf } from './plan';
import { publish, say } from './report/publish';
import { type Report, type Run, reportOf } from './report/report';
import { svgOf } from './report/svg';
import { withWorld } from './world/with-world';
import type { World } from './world/world';

/** From starting servers to the report; 0 when every measure is one and everybody's books are right. */
export function run(options: BenchOptions, command: string): Promise<number> {
  const pending = Math.ceil((options.seconds + options.warmUp) * MOST_PAYMENTS);
  return withWorld(pending, async (world, machine) => {
    const measured = await measureAll(world, options);
    say('auditing');
    const verifications = await verify(world);
    const result = { options, command, machine, ...measured, verifications, seconds: Math.round(seconds()) };
    const report = reportOf(result);
    leave(result, report);
    return isSound(result) ? 0 : 1;
  });
}

async function measureAll(
  world: World,
  options: BenchOptions,
): Promise<Pick<Run, 'rehearsal' | 'measures' | 'failures'>> {
  const measuresOfARound = roundOf(options, 0).length;
  const failures = new Failures();
  const progress = startProgress('Measuring', measuresOfARound * (options.rounds + 1), process.stdout);
  try {
    const rehearsal = await rehearse(world, options, failures, () => progress.step());
    const measures: (Measure & { round: number })[] = [];
    let roundBegan = seconds();
    for (let round = 0; round < options.rounds; round++) {
      const lastOne = seconds() - roundBegan;
      if (round > 0 && seconds() + lastOne > options.within) break;
      roundBegan = seconds();
      for (const task of roundOf(options, round)) {
        if (task.contender === 'b') await world.sites.b.program.ask(rehearsal.sizes.get(task.work) ?? 0);
        const measured = await failures.among(task, () => measure(world, task));
        if (measured) measures.push({ ...measured, round });
        for (const program of world.programs) program.assertAlive();
        progress.step();
      }
    }
    return { rehearsal, measures, failures: failures.told };
  } finally {
    progress.end();
  }
}

/** Since this program began. */
function seconds(): number {
  return performance.now() / 1_000;
}

function isSound({ failures, verifications }: Run): boolean {
  return failures.length === 0 && verifications.every(({ violated }) => violated.length === 0);
}

function leave({ rehearsal, ...run }: Run, { text, ...report }: Report): void {
  const { statements, sizes } = rehearsal;
  const all = { ...report, statements: Object.fromEntries(statements), sizes: Object.fromEntries(sizes), ...run };
  publish('bench', all, text);
  fs.writeFileSync(path.join(run.options.out, 'bench.svg'), svgOf(report.rows));
}
