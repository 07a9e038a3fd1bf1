import { assertLinux, runMain } from '../support/programs/run-main';
import { GATES } from './gates';
import { run } from './run';
import { HELP, kindsOfFaults, readOptions } from './storm-options';

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args, () => Math.floor(Math.random() * 4_294_967_296));
  if (options === 'help') {
    process.stdout.write(`${HELP}  kinds: ${kindsOfFaults().join(', ')}\n`);
    return 0;
  }
  if (options.gate === GATES.smoke && process.platform !== 'linux') {
    process.stdout.write(`The storm is left out: it needs Linux, and this is ${process.platform}.\n`);
    return 0;
  }
  assertLinux('The storm');
  return run(options);
}

runMain(main);
