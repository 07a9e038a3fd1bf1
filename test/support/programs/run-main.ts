import { exit } from 'node:process';

/** Runs a program with its arguments, and ends with its exit code; with 2, and the reason, for what it throws. */
export function runMain(main: (args: readonly string[]) => Promise<number>): void {
  main(process.argv.slice(2)).then(exit, (error: unknown) => {
    process.stderr.write(`✖ ${error instanceof Error ? error.message : error}\n`);
    exit(2);
  });
}

/** For what finds processes and their children in /proc. @throws Error that says so elsewhere */
export function assertLinux(what: string): void {
  if (process.platform !== 'linux') throw new Error(`${what} needs Linux, and this is ${process.platform}.`);
}
