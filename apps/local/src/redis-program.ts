import { execFile, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { exclusively } from './custody';

const run = promisify(execFile);

/** A program that can be run, and how its version reads. */
export interface Program {
  readonly command: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly description: string;
}

type ProgramSearch = Program | { readonly reason: string };

/** The one that is installed, else Debian's package unpacked into the cache; or why there is none. */
export async function findProgram(cacheDir: string): Promise<ProgramSearch> {
  for (const command of ['redis-server', 'valkey-server']) {
    const program = probe(command, 'installed');
    if (program) return program;
  }
  return debianProgram(cacheDir);
}

/** Null when it is not there or cannot be run. */
function probe(command: string, origin: string, env?: NodeJS.ProcessEnv): Program | null {
  const { status, stdout } = spawnSync(command, ['--version'], { encoding: 'utf8', cwd: '/', ...(env && { env }) });
  const version = /v=([\d.]+)/.exec(stdout ?? '')?.[1];
  if (status !== 0 || !version) return null;
  const name = /valkey/i.test(`${command} ${stdout}`) ? 'Valkey' : 'Redis';
  return { command, description: `${name} ${version} (${origin})`, ...(env && { env }) };
}

async function debianProgram(cacheDir: string): Promise<ProgramSearch> {
  const unpacked = () => probeUnpacked(cacheDir);
  const cached = unpacked();
  if (cached) return cached;
  if (spawnSync('dpkg', ['--version']).status !== 0 || spawnSync('apt-get', ['--version']).status !== 0) {
    return { reason: 'no redis-server is installed, and this is not a Debian or Ubuntu to take one from' };
  }
  return exclusively(`${cacheDir}.lock`, async () => {
    try {
      return unpacked() ?? (await fetchInto(cacheDir)) ?? { reason: "Debian's redis-server does not run here" };
    } catch (cause) {
      return { reason: `no redis-server is installed, and Debian's cannot be downloaded (${reasonOf(cause)})` };
    }
  });
}

function reasonOf(cause: unknown): string {
  const { stderr, message } = cause as { stderr?: string; message?: string };
  const lines = (stderr?.trim() || message || String(cause)).split('\n');
  return lines.find((line) => line.startsWith('E:')) ?? lines[0] ?? 'no reason given';
}

function probeUnpacked(root: string): Program | null {
  const libraries = path.join(root, 'usr/lib');
  if (!fs.existsSync(libraries)) return null;
  const env = { LD_LIBRARY_PATH: librariesOf(libraries) };
  return probe(path.join(root, 'usr/bin/redis-server'), 'Debian package', env);
}

/** Debian keeps libraries in a folder of the architecture's name, e.g. x86_64-linux-gnu. */
function librariesOf(folder: string): string {
  const names = fs.readdirSync(folder).filter((name) => name.includes('-linux-'));
  return [folder, ...names.map((name) => path.join(folder, name))].join(':');
}

/** A half-unpacked package never gets the final name. */
async function fetchInto(cacheDir: string): Promise<Program | null> {
  const fresh = `${cacheDir}.new`;
  const downloads = path.join(fresh, 'downloads');
  fs.rmSync(fresh, { recursive: true, force: true });
  fs.mkdirSync(downloads, { recursive: true });
  try {
    await download(downloads).catch(() => downloadAfterUpdate(downloads));
    for (const file of fs.readdirSync(downloads).filter((name) => name.endsWith('.deb'))) {
      await run('dpkg', ['-x', path.join(downloads, file), fresh]);
    }
    fs.rmSync(downloads, { recursive: true });
    if (!probeUnpacked(fresh)) return null;
    fs.rmSync(cacheDir, { recursive: true, force: true });
    fs.renameSync(fresh, cacheDir);
    return probeUnpacked(cacheDir);
  } finally {
    fs.rmSync(fresh, { recursive: true, force: true });
  }
}

/** With package lists of its own: the system's may be missing or old, and only root may renew those. */
async function downloadAfterUpdate(folder: string): Promise<void> {
  for (const made of ['lists/partial', 'cache/archives/partial']) {
    fs.mkdirSync(path.join(folder, made), { recursive: true });
  }
  const own = ['-o', `Dir::State::lists=${folder}/lists`, '-o', `Dir::Cache=${folder}/cache`];
  const options = [...own, '-o', 'Debug::NoLocking=1'];
  await apt('apt-get', [...options, 'update'], folder);
  await download(folder, options);
}

async function download(folder: string, options: readonly string[] = []): Promise<void> {
  const listed = await apt('apt-cache', [...options, 'depends', 'redis-server', 'redis-tools'], folder);
  const libraries = [...listed.matchAll(/^[ |]+(?:Pre)?Depends: ((?:lib|lua)\S+)$/gm)].map(
    (match) => match[1] as string,
  );
  const missing = [...new Set(libraries)].filter((name) => !isInstalled(name));
  await apt('apt-get', [...options, 'download', 'redis-server', 'redis-tools', ...missing], folder);
}

function isInstalled(name: string): boolean {
  const { stdout } = spawnSync('dpkg-query', ['--status', name], { encoding: 'utf8' });
  return /^Status: .* installed$/m.test(stdout);
}

async function apt(program: string, args: readonly string[], cwd: string): Promise<string> {
  // As root, apt would download as a user that may not be able to write here.
  const options = ['-o', 'APT::Sandbox::User=root', '-o', 'Acquire::http::Timeout=10', '-o', 'Acquire::Retries=1'];
  const { stdout } = await run(program, [...options, ...args], { cwd, timeout: 120_000, maxBuffer: 16 << 20 });
  return stdout;
}
