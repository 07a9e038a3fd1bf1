import { BalanceService } from '@app/balance';
import { OrderService } from '@app/order';
import { PaymentService, type PaymentView } from '@app/payment';
import { Money } from '@app/shared';
import type { INestApplicationContext } from '@nestjs/common';

export interface Purchase {
  readonly userId: string;
  readonly items: readonly { readonly optionId: string; readonly quantity: number }[];
  readonly couponId?: string | undefined;
}

/** Won: the most that can be charged at once. */
const LARGEST_CHARGE = 10_000_000;

/** Buys as customers do: orders, charges what lacks, pays. One purchase of a customer at a time. */
export class Shopper {
  private readonly orders: OrderService;
  private readonly balances: BalanceService;
  private readonly payments: PaymentService;

  /** `chargeUnit`, in won: charges are multiples of it; 1 charges exactly what lacks. */
  constructor(
    shop: INestApplicationContext,
    private readonly chargeUnit = 1,
  ) {
    this.orders = shop.get(OrderService, { strict: false });
    this.balances = shop.get(BalanceService, { strict: false });
    this.payments = shop.get(PaymentService, { strict: false });
  }

  /** @throws DomainException when the shop refuses the order, a charge or the payment */
  async buy({ userId, items, couponId }: Purchase): Promise<PaymentView> {
    const { id: orderId, total } = await this.orders.place({ userId, items, couponId });
    const { won: held } = await this.balances.amountOf(userId);
    let missing = Math.ceil(Math.max(total - held, 0) / this.chargeUnit) * this.chargeUnit;
    while (missing > 0) {
      const amount = Math.min(missing, LARGEST_CHARGE);
      await this.balances.charge({ userId, amount: Money.of(amount) });
      missing -= amount;
    }
    return this.payments.pay({ userId, orderId });
  }
}
