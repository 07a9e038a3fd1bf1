import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadEnv } from '@app/platform';
import { loadDemo } from '../../apps/cli/src/demo';
import { redisUrl } from '../support/servers';
import { startShop, type TestShop } from '../support/shop';

const ROOT = join(__dirname, '..', '..');
const END = '--- end of a step ---';

interface Block {
  readonly language: string;
  readonly code: string;
}

/** The fenced blocks between the title of the walk and the next one. */
function walkOf(file: string, title: string): Block[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const walk = text.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...walk.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, language = '', code = '']) => ({ language, code }));
}

/** A string of one ellipsis stands for anything; all else must be there, and nothing more. */
function withEllipses(expected: unknown, actual: unknown): unknown {
  if (expected === '…') return actual === undefined ? undefined : '…';
  if (Array.isArray(expected) && Array.isArray(actual)) return actual.map((item, i) => withEllipses(expected[i], item));
  if (typeof expected === 'object' && expected !== null && typeof actual === 'object' && actual !== null) {
    return Object.fromEntries(
      Object.entries(actual).map(([name, value]) => [
        name,
        withEllipses(expected[name as keyof typeof expected], value),
      ]),
    );
  }
  return actual;
}

describe('the walk through the seven flows in the README', () => {
  const blocks = walkOf('README.md', 'A walk through the seven flows');
  let shop: TestShop | undefined;
  let outputs: string[];

  beforeAll(async () => {
    shop = await startShop();
    await loadDemo(loadEnv({ DATABASE_URL: shop.databaseUrl, REDIS_URL: redisUrl(), LOG_LEVEL: 'silent' }));
    const steps = blocks.filter(({ language }) => language === 'sh').map(({ code }) => `${code}\necho; echo '${END}'`);
    const script = steps.join('\n').replace('http://127.0.0.1:3000', shop.url);
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script]);
    outputs = stdout.split(END);
  }, 60_000);

  afterAll(() => shop?.close());

  const expectations = blocks.filter(({ language }) => language !== 'sh');

  it('has a step for each flow, and a refusal', () => {
    expect(expectations).toHaveLength(8);
  });

  it.each(expectations.map(({ language, code }, i) => [i + 1, language, code.trim()] as const))(
    'answers step %i as it says',
    (step, language, expected) => {
      const output = outputs[step]?.trim() ?? '';

      if (language === 'text') expect(output).toBe(expected);
      else expect(withEllipses(JSON.parse(expected), JSON.parse(output))).toEqual(JSON.parse(expected));
    },
  );

  it('is the same in Korean', () => {
    expect(walkOf('README.ko.md', '일곱 가지 흐름 따라 하기')).toEqual(blocks);
  });
});
