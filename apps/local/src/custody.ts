import fs from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type LocalServer, LocalServerError, until } from './local-server';
import { isAlive, type ProcessRef, refOf } from './process-ref';
import { ServerProcess } from './server-process';

/** What is written down about a running server, so that a later start can adopt it. */
interface Custody {
  readonly server: ProcessRef;
  readonly owner: ProcessRef;
  readonly guard: ProcessRef;
  readonly url: string;
  readonly description: string;
}

/** The record beside a server's files that says who is responsible for it. */
export class CustodyRecord {
  constructor(private readonly file: string) {}

  /** Writes this program down as responsible for the process. */
  take(process_: ServerProcess, url: string, description: string, adopted = false): LocalServer {
    const owner = refOf(process.pid);
    const custody: Custody = { server: process_.ref, owner, guard: process_.guard.ref, url, description };
    writeWhole(this.file, custody);
    return asServer(custody, adopted, async () => {
      await process_.stop();
      this.forget();
    });
  }

  forget(): void {
    fs.rmSync(this.file, { force: true });
  }

  /**
   * The running server, if it is one to rely on: another live program's is shared, one that was left over becomes this
   * program's. One whose guard is about to stop it is waited for instead, and is null.
   */
  async adopt(lastSignal?: NodeJS.Signals): Promise<LocalServer | null> {
    const custody = readJson<Custody>(this.file);
    if (!custody || !isAlive(custody.server)) return null;
    if (isAlive(custody.owner)) return asServer(custody, true, async () => {});
    if (isAlive(custody.guard)) await until(() => !isAlive(custody.guard) || !isAlive(custody.server), 15_000);
    if (!isAlive(custody.server)) return null;
    return this.take(ServerProcess.takeOver(custody.server, lastSignal), custody.url, custody.description, true);
  }
}

function asServer(custody: Custody, adopted: boolean, stop: () => Promise<void>): LocalServer {
  return {
    description: custody.description,
    port: Number(new URL(custody.url).port),
    adopted,
    url: (database) => {
      const url = new URL(custody.url);
      if (database !== undefined) url.pathname = `/${database}`;
      return url.href;
    },
    stop,
  };
}

/** Lets one program at a time do the work; a lock whose holder died is taken from it. */
export async function exclusively<T>(lockFile: string, work: () => Promise<T>): Promise<T> {
  makeFolder(path.dirname(lockFile));
  if (!(await until(() => claim(lockFile), 120_000))) {
    throw new LocalServerError(
      `Another program has been starting the same server for two minutes (lock ${lockFile}).`,
      'Stop that program, or remove the lock file if there is none.',
    );
  }
  try {
    return await work();
  } finally {
    remove(lockFile, refOf(process.pid));
  }
}

/** Without a mode: with 700 the user that PostgreSQL runs as could not pass through it. */
function makeFolder(folder: string): void {
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.accessSync(folder, fs.constants.W_OK);
  } catch {
    throw new LocalServerError(`Nothing can be written in ${folder}.`, 'Make it writable, or choose another folder.');
  }
}

function claim(lockFile: string): boolean {
  const holder = readJson<ProcessRef>(lockFile);
  if (holder && isAlive(holder)) return false;
  if (holder) remove(lockFile, holder);
  const draft = `${lockFile}.${process.pid}`;
  writeWhole(draft, refOf(process.pid));
  try {
    // A link appears with its content or not at all, and never over another one.
    fs.linkSync(draft, lockFile);
    return true;
  } catch {
    return false;
  } finally {
    fs.rmSync(draft);
  }
}

/** Only the lock of that holder: since it was looked at, somebody else may have taken it. */
function remove(lockFile: string, holder: ProcessRef): void {
  const aside = `${lockFile}.aside-${process.pid}`;
  try {
    fs.renameSync(lockFile, aside);
    if (!isDeepStrictEqual(readJson(aside), holder)) fs.linkSync(aside, lockFile);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['ENOENT', 'EEXIST'].includes(code)) throw error; // somebody else has removed it, or taken it meanwhile
  } finally {
    fs.rmSync(aside, { force: true });
  }
}

/** Never leaves half a file under the name. Readable by the owner only, as it may hold a password. */
function writeWhole(file: string, content: object): void {
  const draft = `${file}.draft-${process.pid}`;
  fs.writeFileSync(draft, JSON.stringify(content), { mode: 0o600 });
  fs.renameSync(draft, file);
}

function readJson<T>(file: string): T | null {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as T;
  } catch {
    return null;
  }
}
