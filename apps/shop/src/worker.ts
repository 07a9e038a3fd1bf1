import { Background, loadEnv } from '@app/platform';
import { bootstrap } from './bootstrap';
import { Ending } from './ending';
import { inheritedEnvironment } from './environment';
import { reasonOf } from './exit';
import { type Report, WITH_JOBS } from './worker-messages';

/** One of several processes that serve on one port: started, watched and ended by the primary. */
async function main(): Promise<void> {
  // Ctrl-C reaches all processes of a terminal; this one ends when the primary says so.
  process.on('SIGINT', () => undefined);
  const shop = await bootstrap(loadEnv(inheritedEnvironment()), new Background(process.argv.includes(WITH_JOBS)));
  new Ending(shop).watch();
  tell({ listening: shop.url });
}

function tell(report: Report, then: () => void = () => undefined): void {
  process.send?.(report, then);
}

main().catch((error) => tell({ failed: reasonOf(error) }, () => process.exit(1)));
