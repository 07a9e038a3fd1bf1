import type { Evidence } from './evidence';

/** Checker 5: every audit, in the middle of the storm and after it, has found nothing. */
export function audits({ audits }: Evidence): string[] {
  if (audits.length === 0) return ['nobody has audited the books'];
  return audits.flatMap(({ checkedAt, checks }) =>
    checks
      .filter(({ violations }) => violations > 0)
      .map(({ name, violations, sample }) => {
        return `${checkedAt.toISOString()}: ${name} is violated ${violations} times, first ${JSON.stringify(sample[0])}`;
      }),
  );
}
