import { charging } from './charging';
import { cancelling, expiring, paying } from './ending';
import { issuing } from './issuing';
import type { Meeting } from './meeting';
import { ordering } from './ordering';

/** Every pair of charge, issue, order, cancel, expire, pay and refund, some of them in more than one place. */
export const MEETINGS: readonly Meeting[] = [
  ...charging,
  ...issuing,
  ...ordering,
  ...cancelling,
  ...expiring,
  ...paying,
];
