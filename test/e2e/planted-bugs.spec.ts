import fs from 'node:fs';
import path from 'node:path';
import { PLANTED_BUGS } from '../storm/mutants/planted-bugs';
import { administer, createDatabase } from '../support/servers';

const BUILD = path.join(__dirname, '../../dist');
const PATCHED = PLANTED_BUGS.flatMap(({ name, patches }) => (patches ? [{ name, patches }] : []));
const ALTERED = PLANTED_BUGS.flatMap(({ name, schema }) => (schema ? [{ name, schema }] : []));

// The bugs themselves are planted by hand, in `npm run storm:mutants`; code that moves on must take them along.
it.each(PATCHED)('$name finds its place in what is built', ({ patches }) => {
  for (const { file, from } of patches) {
    const parts = fs.readFileSync(path.join(BUILD, file), 'utf8').split(from);
    expect({ file, from, times: parts.length - 1 }).toEqual({ file, from, times: 1 });
  }
});

it.each(ALTERED)('$name finds its place in what is migrated', async ({ schema }) => {
  const { url, drop } = await createDatabase();
  try {
    // Fails where what it takes away has another name by now.
    for (const statement of schema) await administer(statement, url);
  } finally {
    await drop();
  }
});
