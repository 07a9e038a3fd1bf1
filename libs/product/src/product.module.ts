import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AdminProductController } from './adapters/http/admin-product.controller';
import { ProductController } from './adapters/http/product.controller';
import { CachedProductReader } from './adapters/persistence/cached-product-reader';
import { ProductRow } from './adapters/persistence/product.row';
import { ProductMemory } from './adapters/persistence/product-memory';
import { ProductOptionRow } from './adapters/persistence/product-option.row';
import { SqlProductCatalog } from './adapters/persistence/sql-product-catalog';
import { SqlProductReader } from './adapters/persistence/sql-product-reader';
import { TypeOrmProductRepository } from './adapters/persistence/typeorm-product.repository';
import { TypeOrmStockRoom } from './adapters/persistence/typeorm-stock-room';
import { ProductRepository } from './application/ports/product.repository';
import { ProductCatalog } from './application/ports/product-catalog';
import { ProductReader } from './application/ports/product-reader';
import { StockRoom } from './application/ports/stock-room';
import { ProductService } from './application/product.service';

@Module({
  imports: [TypeOrmModule.forFeature([ProductRow, ProductOptionRow])],
  controllers: [ProductController, AdminProductController],
  providers: [
    ProductService,
    ProductMemory,
    SqlProductReader,
    { provide: ProductReader, useClass: CachedProductReader },
    { provide: ProductRepository, useClass: TypeOrmProductRepository },
    { provide: StockRoom, useClass: TypeOrmStockRoom },
    { provide: ProductCatalog, useClass: SqlProductCatalog },
  ],
  exports: [StockRoom, ProductCatalog],
})
export class ProductModule {}
