import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const CONFIG = join(ROOT, '.dependency-cruiser.cjs');

interface Violation {
  from: string;
  rule: { name: string };
}

/** Runs the project's rules over folders of the tree. */
function violationsIn(...folders: string[]): Violation[] {
  const { options, forbidden } = require(CONFIG);
  // The fixture is left out of the project's own run, and is all there is to this one.
  const script = `
    const { cruise } = await import('dependency-cruiser');
    const { output } = await cruise(${JSON.stringify(folders)}, {
      ...${JSON.stringify({ ...options, exclude: undefined, ruleSet: { forbidden } })}, validate: true, outputType: 'json' });
    process.stdout.write(JSON.stringify(JSON.parse(output).summary.violations));`;
  const arguments_ = ['--input-type=module', '--eval', script];
  return JSON.parse(execFileSync(process.execPath, arguments_, { cwd: ROOT, encoding: 'utf8', maxBuffer: 1e8 }));
}

describe('the import rule', () => {
  const violations = violationsIn('test/architecture/fixtures');
  const rules: string[] = require(CONFIG).forbidden.map(({ name }: { name: string }) => name);

  it.each(rules)('%s: is broken by the fixture of its name, and seen', (rule) => {
    const seen = violations
      .filter((violation) => violation.rule.name === rule)
      .map(({ from }) => basename(from, '.ts'));

    expect(seen).toContain(rule);
  });

  it('finds the arrows of every lib', () => {
    const libs = readdirSync(join(ROOT, 'libs'));

    expect(rules).toEqual(expect.arrayContaining(libs.map((lib) => `${lib}-imports-only-its-arrows`)));
  });
});

describe('the application layer', () => {
  const files = readdirSync(join(ROOT, 'libs'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\/application\/.*\.ts$/.test(file),
  );

  it('knows of Nest exactly Injectable', () => {
    const imports = files.flatMap((file) =>
      [...readFileSync(join(ROOT, 'libs', file), 'utf8').matchAll(/import (.*) from '@nestjs\/[^']*'/g)].map(
        ([, names]) => `${file}: ${names}`,
      ),
    );

    expect(imports.length).toBeGreaterThan(4);
    expect(imports.filter((line) => !line.endsWith(': { Injectable }'))).toEqual([]);
  });

  it('keeps its files within 200 lines', () => {
    const long = files.filter((file) => readFileSync(join(ROOT, 'libs', file), 'utf8').split('\n').length > 201);

    expect(long).toEqual([]);
  });
});
