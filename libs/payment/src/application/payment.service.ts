import { type Order, OrderBook, ownOrder } from '@app/order';
import { attempt, Clock, type Command, CommandLanes, granted, type Lane, type Outcome } from '@app/shared';
import { Injectable } from '@nestjs/common';
import { uuidv7 } from 'uuidv7';
import { assertRefundable, type Payment } from '../domain/payment';
import { PaymentNotFoundException } from '../domain/payment.exceptions';
import { type PaymentView, viewOf } from './payment-view';
import { DataPlatform, type PaymentEvent } from './ports/data-platform';
import { type PaymentOf, PaymentRepository } from './ports/payment.repository';
import { Settlement } from './settlement';

export interface PayOrder extends Command {
  readonly orderId: string;
}

export interface RefundPayment extends Command {
  readonly paymentId: string;
}

/** Payment flows. An order is paid at most once, by any number of tries, and refunded at most once. */
@Injectable()
export class PaymentService {
  private readonly paying: Lane<PayOrder, PaymentView>;
  private readonly refunding: Lane<RefundPayment, PaymentView>;

  constructor(
    private readonly orders: OrderBook,
    private readonly payments: PaymentRepository,
    private readonly settlement: Settlement,
    private readonly dataPlatform: DataPlatform,
    private readonly clock: Clock,
    lanes: CommandLanes,
  ) {
    this.paying = lanes.open('payment.pay', (commands) => this.payAll(commands));
    this.refunding = lanes.open('payment.refund', (commands) => this.refundAll(commands));
  }

  /**
   * @throws OrderNotFoundException | OrderAlreadyPaidException | OrderExpiredException | OrderCancelledException
   * @throws InsufficientBalanceException and the order stays payable
   */
  pay(command: PayOrder): Promise<PaymentView> {
    return this.paying.submit(command);
  }

  /** @throws PaymentNotFoundException | PaymentAlreadyRefundedException | BalanceLimitExceededException */
  refund(command: RefundPayment): Promise<PaymentView> {
    return this.refunding.submit(command);
  }

  /** @throws PaymentNotFoundException also for somebody else's payment */
  async get(payment: PaymentOf): Promise<PaymentView> {
    return viewOf(ownPayment(await this.payments.findAll([payment]), payment));
  }

  private async payAll(commands: readonly PayOrder[]): Promise<Outcome<PaymentView>[]> {
    const locked = await this.orders.lockAll(commands);
    const orders = [...locked.values()];
    const books = await this.settlement.open(orders);
    const now = await this.clock.now();

    const outcomes = commands.map((command) =>
      attempt(() => {
        const order = ownOrder(locked, command);
        order.assertPayable(now);
        const id = uuidv7();
        const balance = books.balances.get(command.userId)!;
        // The balance is the last that may say no: a refusal leaves everything as it was.
        balance.pay(order.total, { id: uuidv7(), at: now, referenceId: id });
        order.pay(id, now);
        this.settlement.sell(order, books, now);
        return paymentOf(order, { id, balanceAfter: balance.amount, paidAt: now });
      }),
    );

    const paid = outcomes.flatMap(granted);
    await this.settlement.close(orders, books);
    await this.payments.addAll(paid);
    await this.dataPlatform.reportAll(paid.map((payment) => eventOf('order.paid', payment, locked, now)));
    return outcomes.map(viewed);
  }

  private async refundAll(commands: readonly RefundPayment[]): Promise<Outcome<PaymentView>[]> {
    const known = [...(await this.payments.findAll(commands)).values()];
    const locked = await this.orders.lockAll(known);
    // Read again: only under the lock of its order is a payment what it is.
    const payments = new Map(await this.payments.findAll(commands));
    const orders = [...locked.values()];
    const books = await this.settlement.open(orders);
    const now = await this.clock.now();

    const outcomes = commands.map((command) =>
      attempt(() => {
        const payment = ownPayment(payments, command);
        assertRefundable(payment);
        const order = ownOrder(locked, payment);
        const balance = books.balances.get(command.userId)!;
        balance.refund(payment.amount, { id: uuidv7(), at: now, referenceId: payment.id });
        order.refund();
        this.settlement.takeBack(order, books, now);
        const refunded: Payment = { ...payment, status: 'REFUNDED', balanceAfter: balance.amount, refundedAt: now };
        payments.set(payment.id, refunded);
        return refunded;
      }),
    );

    const refunded = outcomes.flatMap(granted);
    await this.settlement.close(orders, books);
    await this.payments.saveRefunds(refunded);
    await this.dataPlatform.reportAll(refunded.map((payment) => eventOf('order.refunded', payment, locked, now)));
    return outcomes.map(viewed);
  }
}

function ownPayment(payments: ReadonlyMap<string, Payment>, { paymentId, userId }: PaymentOf): Payment {
  const payment = payments.get(paymentId);
  if (payment?.userId !== userId) throw new PaymentNotFoundException();
  return payment;
}

function paymentOf(order: Order, made: Pick<Payment, 'id' | 'balanceAfter' | 'paidAt'>): Payment {
  const { id: orderId, subtotal, total: amount } = order;
  const { userId, discount } = order.terms;
  return { ...made, orderId, userId, status: 'PAID', subtotal, discount, amount, refundedAt: null };
}

function eventOf(
  type: PaymentEvent['type'],
  payment: Payment,
  orders: ReadonlyMap<string, Order>,
  at: Date,
): PaymentEvent {
  const { id: paymentId, orderId, userId, subtotal, discount, amount, paidAt } = payment;
  const { lines, couponId } = orders.get(orderId)!.terms;
  return {
    type,
    at,
    data: {
      orderId,
      paymentId,
      userId,
      lines: lines.map(({ productId, optionId, quantity, unitPrice }) => ({
        productId,
        optionId,
        quantity,
        unitPrice: unitPrice.won,
      })),
      couponId,
      subtotal: subtotal.won,
      discount: discount.won,
      amount: amount.won,
      paidAt: paidAt.toISOString(),
    },
  };
}

function viewed(outcome: Outcome<Payment>): Outcome<PaymentView> {
  return 'value' in outcome ? { value: viewOf(outcome.value) } : outcome;
}
