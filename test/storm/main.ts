import { exit } from 'node:process';
import { run } from './run';
import { HELP, kindsOfFaults, readOptions } from './storm-options';

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args, () => Math.floor(Math.random() * 4_294_967_296));
  if (options === 'help') {
    process.stdout.write(`${HELP}  kinds: ${kindsOfFaults().join(', ')}\n`);
    return 0;
  }
  return run(options);
}

main(process.argv.slice(2)).then(exit, (error: unknown) => {
  process.stderr.write(`✖ ${error instanceof Error ? error.message : error}\n`);
  exit(2);
});
