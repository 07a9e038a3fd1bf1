import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { devSecret } from '../../../libs/platform/src/http/auth/dev-secret';

describe('the signing key of a data directory', () => {
  let dataDir: string;

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'jangteo-'));
  });

  afterEach(() => rmSync(dataDir, { recursive: true }));

  it('is made once, for its owner alone', () => {
    const made = devSecret(join(dataDir, 'new'));

    expect(made).toHaveLength(32);
    expect(devSecret(join(dataDir, 'new'))).toEqual(made);
    expect(statSync(join(dataDir, 'new', 'jwt-secret')).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(dataDir, 'new'))).toEqual(['jwt-secret']);
  });
});
