import type { Registry } from 'prom-client';

/** All that one process has counted, as the library hands it on. */
export type Counts = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

/** What workers and their primary say to each other about metrics; the number ties an answer to its question. */
export type MetricsMessage =
  /** A worker wants to answer a scrape. */
  | { readonly scrape: number }
  /** The primary's answer to it. */
  | { readonly scraped: number; readonly text: string }
  /** The primary wants to know what a worker has counted. */
  | { readonly count: number }
  /** The worker's answer; none of what cannot be had. */
  | { readonly counted: number; readonly counts: Counts };

/** How the gauges of the newest audit are called: of several processes only the one that ran it knows them. */
export const AUDIT_TIME = 'shop_audit_timestamp_seconds';
export const AUDIT_VIOLATIONS = 'shop_invariant_violations';
