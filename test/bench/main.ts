import { HELP, readOptions } from './bench-options';
import { program } from './program-of';
import { run } from './run';

program('bench', HELP, readOptions, run);
