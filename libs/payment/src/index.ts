export { DataPlatformModule } from './adapters/data-platform/data-platform.module';
export { PaymentService } from './application/payment.service';
export type { PaymentView } from './application/payment-view';
export { PaymentModule } from './payment.module';
