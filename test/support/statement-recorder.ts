import { Client } from 'pg';

/** A statement as it was sent. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** A prepared one may be planned for any values, the others are planned for theirs. */
  readonly isPrepared: boolean;
}

/** Values of one statement that are kept: the first, with and without a cursor, are as good as any. */
const MOST_VALUES = 3;
const ABOUT_ROWS = /^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b/i;

/** Writes down what every connection of this process is asked, past whichever layer asks it. */
export class StatementRecorder {
  private readonly sent = new Map<string, Statement[]>();
  private readonly original = Client.prototype.query;

  start(): void {
    const { original } = this;
    const write = (statement: Statement): void => this.write(statement);
    Client.prototype.query = function (this: Client, ...sent: unknown[]): unknown {
      if (!isLookAtAll(this)) write(statementOf(sent));
      return (original as (...query: unknown[]) => unknown).apply(this, sent);
    } as typeof Client.prototype.query;
  }

  stop(): void {
    Client.prototype.query = this.original;
  }

  /** Each text with some of the values that it was sent with. */
  get statements(): readonly Statement[] {
    return [...this.sent.values()].flat();
  }

  /** Forgets who asked until now. */
  forget(): void {
    this.sent.clear();
  }

  private write(statement: Statement): void {
    if (!ABOUT_ROWS.test(statement.text)) return;
    const alike = this.sent.get(statement.text) ?? [];
    if (alike.length < MOST_VALUES) this.sent.set(statement.text, [...alike, statement]);
  }
}

/** The audit reads everything, on purpose. */
function isLookAtAll(client: Client): boolean {
  const { connectionParameters } = client as unknown as { connectionParameters: { application_name?: string } };
  return connectionParameters.application_name === 'jangteo snapshot';
}

function statementOf([query, values]: readonly unknown[]): Statement {
  const config = (typeof query === 'string' ? { text: query } : query) as {
    text?: string;
    values?: unknown[];
    name?: string;
  };
  return {
    text: config.text ?? '',
    values: config.values ?? (Array.isArray(values) ? values : []),
    isPrepared: config.name !== undefined,
  };
}
