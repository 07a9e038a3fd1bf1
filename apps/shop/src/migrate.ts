import { loadEnv } from '@app/platform';
import { environment } from './environment';
import { exitWith } from './exit';
import { migrate } from './migrations';

migrate(loadEnv(environment()).DATABASE_URL)
  .then((names) => process.stdout.write(names.length === 0 ? 'nothing to migrate\n' : `${names.join('\n')}\n`))
  .catch(exitWith);
