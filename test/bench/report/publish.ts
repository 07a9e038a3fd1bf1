import fs from 'node:fs';
import path from 'node:path';

/** Leaves a run in its folder, as JSON and as the text that it says. */
export function publish(name: string, run: { readonly options: { readonly out: string } }, text: string): void {
  const { out } = run.options;
  fs.mkdirSync(out, { recursive: true });
  fs.writeFileSync(path.join(out, `${name}.json`), `${JSON.stringify(run, null, 1)}\n`);
  fs.writeFileSync(path.join(out, `${name}.md`), `${text}\n`);
  say(`\n${text}\n\nThe report is in ${out}.`);
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
