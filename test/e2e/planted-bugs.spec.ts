import fs from 'node:fs';
import path from 'node:path';
import { PLANTED_BUGS } from '../storm/mutants/planted-bugs';

const BUILD = path.join(__dirname, '../../dist');

// The bugs themselves are planted by hand, in `npm run storm:mutants`; code that moves on must take them along.
it.each(PLANTED_BUGS.map(({ name, patches = [] }) => ({ name, patches })))(
  '$name finds its place in what is built',
  ({ patches }) => {
    for (const { file, from } of patches) {
      const parts = fs.readFileSync(path.join(BUILD, file), 'utf8').split(from);
      expect({ file, from, times: parts.length - 1 }).toEqual({ file, from, times: 1 });
    }
  },
);
