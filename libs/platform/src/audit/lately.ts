/** What counts as lately, as an interval of SQL: three times as long as from one audit to the next. */
const LATELY = `interval '15 minutes'`;

/** Rows that were made lately have a UUIDv7 from this one on, as SQL. It is the time and nothing else. */
export const MADE_LATELY = `(rpad(lpad(to_hex((extract(epoch FROM now() - ${LATELY}) * 1000)::bigint), 12, '0'), 32, '0')::uuid)`;

/** The beginning of what counts as lately, as SQL. */
export const LATELY_SINCE = `(now() - ${LATELY})`;
