import { environment } from '../../shop/src/environment';
import { exitWith } from '../../shop/src/exit';
import { run } from './run';

/** Operator commands: `npm run shop -- help` lists them. */
run(process.argv.slice(2), environment(), process.stdout)
  .then((code) => process.exit(code))
  .catch(exitWith);
