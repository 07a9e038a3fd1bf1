import { assertLinux, runMain } from '../support/programs/run-main';
import { GATES } from './gates';
import { run } from './run';
import { HELP, kindsOfFaults, readOptions, type StormOptions } from './storm-options';

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args, () => Math.floor(Math.random() * 4_294_967_296));
  if (options === 'help') {
    process.stdout.write(`${HELP}  kinds: ${kindsOfFaults().join(', ')}\n`);
    return 0;
  }
  if (process.platform !== 'linux') return leaveOut(options);
  return run(options);
}

/** It stops and kills servers with all their children, and finds those in /proc. */
function leaveOut({ gate }: StormOptions): number {
  if (gate !== GATES.smoke) assertLinux('The storm');
  process.stdout.write(`The storm is left out: it needs Linux, and this is ${process.platform}.\n`);
  return 0;
}

runMain(main);
