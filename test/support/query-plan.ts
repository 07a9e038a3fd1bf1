import type { Client } from 'pg';
import type { Statement } from './statement-recorder';

export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly PlanNode[];
}

/** How the server would run the statement: for its values, and for any values where it is prepared. */
export async function plansOf(client: Client, { text, values, isPrepared }: Statement): Promise<readonly PlanNode[]> {
  const explain = async (options: string, parameters: readonly unknown[]): Promise<PlanNode> => {
    const { rows } = await client.query(`EXPLAIN (FORMAT JSON${options}) ${text}`, [...parameters]);
    return rows[0]['QUERY PLAN'][0].Plan;
  };
  const forValues = await explain('', values);
  return isPrepared && values.length > 0 ? [forValues, await explain(', GENERIC_PLAN', [])] : [forValues];
}

/** How the server runs what triggers ask when this is done, which is then undone. Wants a superuser's client. */
export async function plansOfTriggers(client: Client, change: string): Promise<readonly PlanNode[]> {
  const plans: PlanNode[] = [];
  const listen = ({ message }: { message?: string | undefined }): void => {
    const [, plan] = /^duration: .* plan:\n(.*)$/s.exec(message ?? '') ?? [];
    if (plan) plans.push(JSON.parse(plan).Plan);
  };
  client.on('notice', listen);
  await client.query(
    `LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0; SET auto_explain.log_nested_statements = on;
     SET auto_explain.log_format = json; SET auto_explain.log_level = notice; BEGIN`,
  );
  const before = plans.length;
  await client.query(change);
  await client.query('ROLLBACK; SET auto_explain.log_min_duration = -1');
  client.off('notice', listen);
  return plans.slice(before);
}

/**
 * The places of a plan that read more of these tables the more is in them: a scan of the table, or of a whole index
 * without anything that ends it early. Some indexes of them stay short, whatever is in the table.
 */
export function growthIn(
  plan: PlanNode,
  tables: readonly string[],
  shortIndexes: readonly string[],
  isLimited = false,
): string[] {
  const here: string[] = [];
  const { 'Node Type': type, 'Relation Name': table, 'Index Name': index, 'Index Cond': condition } = plan;
  if (type === 'Seq Scan' && tables.includes(table!)) here.push(`reads all of ${table}`);
  const isWhole = index !== undefined && condition === undefined && !isLimited && !shortIndexes.includes(index);
  // The part of a bitmap scan that reads the index does not name the table.
  if (isWhole && (table === undefined || tables.includes(table))) here.push(`reads all of ${index}`);
  const children = plan.Plans ?? [];
  return [
    ...here,
    ...children.flatMap((child) => growthIn(child, tables, shortIndexes, isLimited || type === 'Limit')),
  ];
}
