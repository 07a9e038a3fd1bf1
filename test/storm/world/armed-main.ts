import path from 'node:path';
import type { Order } from './armed-failpoint';

/**
 * The entry of an instance under storm, beside the `apps` of its build. Loads the code of the shop and waits for the
 * word to start it: loading takes seconds on a busy machine, and the storm is not about those.
 */
const SHOP = path.join(__dirname, 'apps', 'shop', 'src');

require(path.join(SHOP, 'bootstrap.js'));

process.on('message', (order: Order) => {
  if (!('go' in order)) return;
  process.channel?.unref();
  require(path.join(SHOP, 'main.js'));
});
// Waits as long as the storm lives.
process.channel?.ref();
