import { CachedProductReader } from '../../libs/product/src/adapters/persistence/cached-product-reader';
import { ProductRow } from '../../libs/product/src/adapters/persistence/product.row';
import { ProductMemory } from '../../libs/product/src/adapters/persistence/product-memory';
import { ProductOptionRow } from '../../libs/product/src/adapters/persistence/product-option.row';
import { SqlProductCatalog } from '../../libs/product/src/adapters/persistence/sql-product-catalog';
import { SqlProductReader } from '../../libs/product/src/adapters/persistence/sql-product-reader';
import { TypeOrmProductRepository } from '../../libs/product/src/adapters/persistence/typeorm-product.repository';
import { TypeOrmStockRoom } from '../../libs/product/src/adapters/persistence/typeorm-stock-room';
import { openDatabase, type TestDatabase } from '../support/database';
import { ImmediateUnitOfWork } from '../support/fakes/immediate-unit-of-work';
import { InMemoryProductRepository } from '../support/fakes/in-memory-product.repository';
import { InMemoryProductCatalog } from '../support/fakes/in-memory-product-catalog';
import { InMemoryProductReader } from '../support/fakes/in-memory-product-reader';
import { InMemoryStockRoom } from '../support/fakes/in-memory-stock-room';
import { itKeepsProducts } from './product-repository.contract';

describe('in memory', () => {
  itKeepsProducts(() => {
    const products = new InMemoryProductRepository();
    return {
      products,
      stock: new InMemoryStockRoom(products),
      reader: new InMemoryProductReader(products),
      catalog: new InMemoryProductCatalog(products),
      unitOfWork: new ImmediateUnitOfWork(),
    };
  });
});

describe('in PostgreSQL', () => {
  let database: TestDatabase | undefined;

  afterEach(() => database?.close());

  itKeepsProducts(async () => {
    database = await openDatabase([ProductRow, ProductOptionRow]);
    const { unitOfWork } = database;
    const memory = new ProductMemory(unitOfWork);
    return {
      products: new TypeOrmProductRepository(unitOfWork, memory),
      stock: new TypeOrmStockRoom(unitOfWork, memory),
      reader: new CachedProductReader(new SqlProductReader(unitOfWork), memory, unitOfWork),
      catalog: new SqlProductCatalog(unitOfWork),
      unitOfWork,
    };
  });
});
