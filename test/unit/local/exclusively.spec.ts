import fs, { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exclusively } from '../../../apps/local/src/custody';
import { isAlive, refOf } from '../../../apps/local/src/process-ref';
import { deferred } from '../../support/deferred';

jest.mock('../../../apps/local/src/process-ref', () => {
  const actual = jest.requireActual('../../../apps/local/src/process-ref');
  return { ...actual, isAlive: jest.fn(actual.isAlive) };
});

const DEAD = { pid: 1, startedAt: 'long ago' };

let folder: string;
let lock: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jangteo-lock-'));
  lock = join(folder, 'lock');
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('a lock', () => {
  it('lets one in at a time, and leaves nothing behind', async () => {
    const doing: string[] = [];
    const work = (name: string) => async () => {
      doing.push(`${name} begins`);
      await new Promise(setImmediate);
      doing.push(`${name} ends`);
    };

    await Promise.all([exclusively(lock, work('first')), exclusively(lock, work('second'))]);

    expect(doing).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('of a holder who died is taken from him', async () => {
    writeFileSync(lock, JSON.stringify(DEAD));

    expect(await exclusively(lock, async () => 'done')).toBe('done');
  });

  it('is not taken from who was faster to take it from a dead holder', async () => {
    writeFileSync(lock, JSON.stringify(DEAD));
    const { promise: open, resolve: release } = deferred();
    let faster: Promise<string> | undefined;
    const inside: string[] = [];
    jest.mocked(isAlive).mockImplementationOnce(() => {
      faster = exclusively(lock, () => open.then(() => `${inside.push('faster')}`));
      return false;
    });

    const slower = exclusively(lock, async () => `${inside.push('slower')}`);
    await new Promise(setImmediate);
    release();

    expect([await faster, await slower]).toEqual(['1', '2']);
    expect(inside).toEqual(['faster', 'slower']);
  });

  it('that somebody else has by now is left to him', async () => {
    await exclusively(lock, async () => writeFileSync(lock, JSON.stringify({ ...refOf(process.pid), pid: 0 })));

    expect(readdirSync(folder)).toEqual(['lock']);
  });

  it('that a third one takes while it is put back fails nobody, and leaves nothing aside', async () => {
    await exclusively(lock, async () => {
      writeFileSync(lock, JSON.stringify({ ...refOf(process.pid), pid: 0 }));
      jest.spyOn(fs, 'linkSync').mockImplementationOnce(() => {
        throw Object.assign(new Error('the file exists'), { code: 'EEXIST' });
      });
    });

    expect(readdirSync(folder)).toEqual([]);
  });
});
