import { exit } from 'node:process';
import { HELP, readOptions } from './bench-options';
import { run } from './run';

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  if (process.platform !== 'linux')
    throw new Error(`The benchmark reads /proc: it needs Linux, and this is ${process.platform}.`);
  return run(options, ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' '));
}

main(process.argv.slice(2)).then(exit, (error: unknown) => {
  process.stderr.write(`✖ ${error instanceof Error ? error.message : error}\n`);
  exit(2);
});
