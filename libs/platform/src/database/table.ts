/** PostgreSQL types of the columns that a set is written with. */
export type ColumnType =
  | 'uuid'
  | 'text'
  | 'integer'
  | 'smallint'
  | 'bigint'
  | 'boolean'
  | 'timestamptz'
  | 'jsonb'
  | 'json';

/**
 * A table as it is written in sets: one array a column, one statement for all rows, whatever their number. Properties
 * are camelCase, columns snake_case.
 */
export class Table<Row extends object> {
  /** `INSERT ... SELECT FROM unnest(...)`: all rows in one prepared statement. */
  readonly insertion: string;

  private readonly columns: readonly (keyof Row & string)[];
  private readonly unnest: string;
  private updateText: string | undefined;

  constructor(
    private readonly name: string,
    types: { readonly [Column in keyof Row & string]-?: ColumnType },
    private readonly key: readonly (keyof Row & string)[] = [],
  ) {
    this.columns = Object.keys(types) as (keyof Row & string)[];
    this.unnest = `unnest(${this.columns.map((column, i) => `$${i + 1}::${types[column]}[]`).join(', ')})`;
    this.insertion = `INSERT INTO ${name} (${this.columns.map(snake).join(', ')}) SELECT * FROM ${this.unnest}`;
  }

  /** `UPDATE ... FROM unnest(...)`: sets every column that is not of the key. */
  get update(): string {
    this.updateText ??= this.updateByKey();
    return this.updateText;
  }

  arraysOf(rows: readonly Row[]): unknown[][] {
    return this.columns.map((column) => rows.map((row) => row[column] ?? null));
  }

  private updateByKey(): string {
    if (this.key.length === 0) throw new Error(`${this.name} has no key to update by`);
    const names = this.columns.map(snake);
    const assignments = this.columns.filter((column) => !this.key.includes(column)).map(snake);
    return (
      `UPDATE ${this.name} AS t SET ${assignments.map((column) => `${column} = s.${column}`).join(', ')} ` +
      `FROM ${this.unnest} AS s (${names.join(', ')}) ` +
      `WHERE ${this.key
        .map(snake)
        .map((column) => `t.${column} = s.${column}`)
        .join(' AND ')}`
    );
  }
}

function snake(camel: string): string {
  return camel.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
