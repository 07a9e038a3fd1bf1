import { Audit, type AuditReport, type Env } from '@app/platform';
import { withShop } from './shop-context';

export function runAudit(env: Env): Promise<AuditReport> {
  return withShop(env, (shop) => shop.get(Audit, { strict: false }).run());
}

/** A table of all checks, with some of the rows that break one below it. */
export function describeAudit({ ok, checkedAt, checks }: AuditReport): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap(({ name, violations, sample }) => [
    `${name.padEnd(width)}  ${violations === 0 ? 'ok' : `${violations.toLocaleString('en-US')} violated`}`,
    ...sample.map((row) => `  ${JSON.stringify(row)}`),
  ]);
  const violated = checks.filter(({ violations }) => violations > 0).length;
  const verdict = ok ? `All ${checks.length} hold` : `${violated} of ${checks.length} are violated`;
  return `${[...lines, '', `${verdict}, at ${checkedAt.toISOString()}.`].join('\n')}\n`;
}
