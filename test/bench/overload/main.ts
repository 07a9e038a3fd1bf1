import { program } from '../program-of';
import { HELP, readOverloadOptions } from './overload-options';
import { runOverload } from './run-overload';

program('bench:overload', HELP, readOverloadOptions, runOverload);
