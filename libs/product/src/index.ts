export { PRODUCT_CHECKS } from './adapters/persistence/product.checks';
export { ProductCatalog } from './application/ports/product-catalog';
export { StockRoom } from './application/ports/stock-room';
export { type CreateProduct, ProductService } from './application/product.service';
export type { ProductView } from './application/product-view';
export {
  OutOfStockException,
  ProductNotFoundException,
  ProductNotOnSaleException,
  ProductOptionNotFoundException,
  StockBelowReservedException,
} from './domain/product.exceptions';
export { StockedOption } from './domain/stocked-option';
export { ProductModule } from './product.module';
