export { DataPlatformModule } from './adapters/data-platform/data-platform.module';
export { PaymentService } from './application/payment.service';
export type { PaymentView } from './application/payment-view';
export { PaymentAlreadyRefundedException, PaymentNotFoundException } from './domain/payment.exceptions';
export { PaymentModule } from './payment.module';
