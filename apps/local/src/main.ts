import { environment } from '../../shop/src/environment';
import { startLocalShop } from './local-shop';
import { Steps } from './steps';

const steps = new Steps();

startLocalShop(environment(), steps).catch((error) => {
  steps.fail(error);
  process.exit(1);
});
