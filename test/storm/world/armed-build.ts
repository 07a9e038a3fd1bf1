import fs from 'node:fs';
import path from 'node:path';

/** One change of a compiled file: what stands there exactly once, and what is to stand there. */
export interface Patch {
  /** Below the root of the build. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** The compiled tree that this file is part of, when it is compiled. */
const COMPILED = path.join(__dirname, '..', '..', '..');
const PARTS = ['apps', 'libs', 'ormconfig.js', 'package.json'];
const FAILPOINT = path.join('libs', 'platform', 'src', 'failpoints', 'failpoint.js');
const ARMS = path.join('test', 'storm', 'world');
/** What to run in the build. */
export const ARMED_MAIN = 'armed-main.js';

/**
 * Makes a build of the shop that can be told to crash: a copy of this one with the armed failpoint in the place of the
 * empty one, and with the mistakes that are asked for. The folder must be below the project, whose packages it needs.
 */
export function makeArmedBuild(target: string, patches: readonly Patch[] = [], compiled = COMPILED): void {
  fs.rmSync(target, { recursive: true, force: true });
  for (const part of PARTS) fs.cpSync(path.join(compiled, part), path.join(target, part), { recursive: true });
  replace(path.join(target, FAILPOINT), path.join(compiled, ARMS, 'armed-failpoint.js'));
  fs.copyFileSync(path.join(compiled, ARMS, ARMED_MAIN), path.join(target, ARMED_MAIN));
  for (const patch of patches) apply(target, patch);
}

/** A file that is not there has moved: the copy must not be one that nobody loads. */
function replace(file: string, by: string): void {
  fs.accessSync(file);
  fs.copyFileSync(by, file);
}

/** A mistake that finds no place must not count as one that was made. */
function apply(target: string, { file, from, to }: Patch): void {
  const place = path.join(target, file);
  const parts = fs.readFileSync(place, 'utf8').split(from);
  if (parts.length !== 2) throw new Error(`${file} has this ${parts.length - 1} times, not once: ${from}`);
  fs.writeFileSync(place, parts.join(to));
}
