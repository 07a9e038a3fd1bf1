import { existsSync } from 'node:fs';

/** The environment of this process, with what `.env` in the working directory adds to it: the only reader of either. */
export function environment(): Readonly<Record<string, string | undefined>> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return process.env;
}

/** Of a process that another one has started: that one has read `.env`, which may say something else by now. */
export function inheritedEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}
