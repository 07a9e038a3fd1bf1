import { program } from '../program-of';
import { HELP, readGrowthOptions } from './growth-options';
import { runGrowth } from './run-growth';

program('bench:growth', HELP, readGrowthOptions, runGrowth);
