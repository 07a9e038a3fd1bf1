/**
 * The first hour of which `product_sales` surely tells everything, as SQL. The trigger on orders keeps it for a day
 * longer and the purge for another one, so that neither is too early by somebody's clock. A ranking asks for three days.
 */
export const FIRST_HOUR = `(date_trunc('hour', now(), 'UTC') - interval '6 days')`;
