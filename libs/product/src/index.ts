export { ProductCatalog, type ProductSummary } from './application/ports/product-catalog';
export { StockRoom } from './application/ports/stock-room';
export { type AddOption, type CreateProduct, ProductService } from './application/product.service';
export type { OptionView, ProductView } from './application/product-view';
export {
  OutOfStockException,
  ProductNotFoundException,
  ProductNotOnSaleException,
  ProductOptionNotFoundException,
  type Shortage,
  StockBelowReservedException,
} from './domain/product.exceptions';
export type { OrderStockEntry } from './domain/stock-movement';
export { StockedOption } from './domain/stocked-option';
export { ProductModule } from './product.module';
