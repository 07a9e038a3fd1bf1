export { DataPlatformModule } from './adapters/data-platform/data-platform.module';
export { PAYMENT_CHECKS } from './adapters/persistence/payment.checks';
export { PaymentService } from './application/payment.service';
export type { PaymentView } from './application/payment-view';
export { PaymentModule } from './payment.module';
