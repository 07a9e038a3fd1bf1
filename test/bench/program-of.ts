import { exit } from 'node:process';

/** Runs a program of the benchmark with the arguments that it was given, and ends with its exit code. */
export function program<Options extends object>(
  name: string,
  help: string,
  read: (args: readonly string[]) => Options | 'help',
  run: (options: Options, command: string) => Promise<number>,
): void {
  main(process.argv.slice(2)).then(exit, (error: unknown) => {
    process.stderr.write(`✖ ${error instanceof Error ? error.message : error}\n`);
    exit(2);
  });

  async function main(args: readonly string[]): Promise<number> {
    const options = read(args);
    if (options === 'help') {
      process.stdout.write(help);
      return 0;
    }
    if (process.platform !== 'linux') {
      throw new Error(`The benchmark reads /proc: it needs Linux, and this is ${process.platform}.`);
    }
    return run(options, [`npm run ${name}`, ...(args.length > 0 ? ['--', ...args] : [])].join(' '));
  }
}
