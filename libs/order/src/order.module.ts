import { CouponModule } from '@app/coupon';
import { Env } from '@app/platform';
import { ProductModule } from '@app/product';
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { OrderController } from './adapters/http/order.controller';
import { OrderRow } from './adapters/persistence/order.row';
import { SqlSalesLog } from './adapters/persistence/sql-sales-log';
import { TypeOrmOrderRepository } from './adapters/persistence/typeorm-order.repository';
import { OrderExpiry } from './adapters/schedule/order-expiry';
import { SalesPurge } from './adapters/schedule/sales-purge';
import { OrderService } from './application/order.service';
import { OrderPolicy } from './application/order-policy';
import { OrderRepository } from './application/ports/order.repository';
import { OrderBook } from './application/ports/order-book';
import { SalesLog } from './application/ports/sales-log';

@Module({
  imports: [TypeOrmModule.forFeature([OrderRow]), ProductModule, CouponModule],
  controllers: [OrderController],
  providers: [
    OrderService,
    OrderExpiry,
    SalesPurge,
    { provide: OrderPolicy, inject: [Env], useFactory: ({ ORDER_TTL }: Env) => new OrderPolicy(ORDER_TTL * 1_000) },
    { provide: OrderRepository, useClass: TypeOrmOrderRepository },
    { provide: OrderBook, useExisting: OrderService },
    { provide: SalesLog, useClass: SqlSalesLog },
  ],
  exports: [OrderBook, SalesLog],
})
export class OrderModule {}
