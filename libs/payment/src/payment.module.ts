import { BalanceModule } from '@app/balance';
import { CouponModule } from '@app/coupon';
import { OrderModule } from '@app/order';
import { ProductModule } from '@app/product';
import { Module } from '@nestjs/common';
import { OutboxDataPlatform } from './adapters/data-platform/outbox-data-platform';
import { PaymentController } from './adapters/http/payment.controller';
import { SqlPaymentRepository } from './adapters/persistence/sql-payment.repository';
import { PaymentService } from './application/payment.service';
import { DataPlatform } from './application/ports/data-platform';
import { PaymentRepository } from './application/ports/payment.repository';
import { Settlement } from './application/settlement';

@Module({
  imports: [OrderModule, CouponModule, BalanceModule, ProductModule],
  controllers: [PaymentController],
  providers: [
    PaymentService,
    Settlement,
    { provide: PaymentRepository, useClass: SqlPaymentRepository },
    { provide: DataPlatform, useClass: OutboxDataPlatform },
  ],
})
export class PaymentModule {}
