import type { EntityManager, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import type { TypeOrmUnitOfWork } from './typeorm-unit-of-work';

/**
 * A locking select of TypeORM whose text is made once: on a hot path, making it anew and mapping its rows cost more than
 * running it. Its parameters are bound by position, in the order in which the text names them; the rows come as selected.
 */
export class LockingSelect<Row extends object> {
  private text: string | undefined;

  constructor(
    private readonly unitOfWork: TypeOrmUnitOfWork,
    private readonly build: (manager: EntityManager) => SelectQueryBuilder<ObjectLiteral>,
  ) {}

  /** Requires an open unit of work. */
  rows(...values: readonly unknown[]): Promise<Row[]> {
    const { manager } = this.unitOfWork;
    this.text ??= textOf(this.build(manager));
    return this.unitOfWork.query<Row>(this.text, values);
  }
}

/** Every column under the name of its property: what this selects is what a row of the class has. */
export function selectRow<Row extends ObjectLiteral>(
  manager: EntityManager,
  row: new () => Row,
  alias: string,
): SelectQueryBuilder<Row> {
  const query = manager.createQueryBuilder(row, alias).select([]);
  for (const { propertyName } of manager.dataSource.getMetadata(row).ownColumns) {
    if (propertyName) query.addSelect(`${alias}.${propertyName}`, propertyName);
  }
  return query;
}

function textOf(query: SelectQueryBuilder<ObjectLiteral>): string {
  const [text] = query.getQueryAndParameters();
  return text;
}
