import { program } from '../program-of';
import { HELP, readEnduranceOptions } from './endurance-options';
import { runEndurance } from './run-endurance';

program('bench:endurance', HELP, readEnduranceOptions, runEndurance);
