import { assertLinux, runMain } from '../support/programs/run-main';

/** Runs a program of the benchmark with the arguments that it was given, and ends with its exit code. */
export function program<Options extends object>(
  name: string,
  help: string,
  read: (args: readonly string[]) => Options | 'help',
  run: (options: Options, command: string) => Promise<number>,
): void {
  runMain(async (args) => {
    const options = read(args);
    if (options === 'help') {
      process.stdout.write(help);
      return 0;
    }
    assertLinux('The benchmark');
    return run(options, [`npm run ${name}`, ...(args.length > 0 ? ['--', ...args] : [])].join(' '));
  });
}
