import { LocalServerError } from '../../local/src/local-server';
import { environment } from '../../shop/src/environment';
import { CannotStartException, exitWith } from '../../shop/src/exit';
import { run } from './run';

/** Operator commands: `npm run shop -- help` lists them. */
run(process.argv.slice(2), environment(), process.stdout)
  .then((code) => process.exit(code))
  .catch((error) => exitWith(error instanceof LocalServerError ? new CannotStartException(error.message) : error));
