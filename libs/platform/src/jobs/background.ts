/**
 * Whether this process also does what no caller asked for: relaying events, scheduled jobs. A shop that serves does. An
 * operator's command does not: it ends soon, and its environment need not be that of the shop.
 */
export class Background {
  constructor(readonly isOn: boolean) {}
}
