import { BalanceService } from '@app/balance';
import { CouponService, Discount } from '@app/coupon';
import { OrderPolicy, OrderService } from '@app/order';
import { PaymentService } from '@app/payment';
import { ProductService } from '@app/product';
import { type Command, CommandLanes, type Decide, type Lane, Money, settle } from '@app/shared';
import { uuidv7 } from 'uuidv7';
import { Settlement } from '../../../libs/payment/src/application/settlement';
import { ImmediateLanes } from '../../support/fakes/immediate-lanes';
import { ImmediateUnitOfWork } from '../../support/fakes/immediate-unit-of-work';
import { InMemoryBalanceRepository } from '../../support/fakes/in-memory-balance.repository';
import { InMemoryCouponRepository } from '../../support/fakes/in-memory-coupon.repository';
import { InMemoryIssuedCouponRepository } from '../../support/fakes/in-memory-issued-coupon.repository';
import { InMemoryOrderRepository } from '../../support/fakes/in-memory-order.repository';
import { InMemoryPaymentRepository } from '../../support/fakes/in-memory-payment.repository';
import { InMemoryProductReader } from '../../support/fakes/in-memory-product-reader';
import { InMemoryStockRoom } from '../../support/fakes/in-memory-stock-room';
import { RecordingDataPlatform } from '../../support/fakes/recording-data-platform';
import { SetClock } from '../../support/fakes/set-clock';

export const MINUTE = 60_000;

/** Decides together what is submitted in one turn of the event loop, as a busy lane does. */
export class GatheringLanes extends CommandLanes {
  open<C extends Command, R>(_name: string, decide: Decide<C, R>): Lane<C, R> {
    let batch: { command: C; resolve(value: R): void; reject(reason: unknown): void }[] = [];
    const decideBatch = async () => {
      const callers = batch;
      batch = [];
      try {
        const outcomes = await decide(callers.map(({ command }) => ({ ...command, key: uuidv7() })));
        for (const [i, { resolve, reject }] of callers.entries()) {
          await Promise.resolve(outcomes[i]!).then(settle).then(resolve, reject);
        }
      } catch (error) {
        for (const { reject } of callers) reject(error);
      }
    };
    return {
      submit: (command) =>
        new Promise((resolve, reject) => {
          if (batch.length === 0) setImmediate(() => void decideBatch());
          batch.push({ command, resolve, reject });
        }),
    };
  }
}

/** The real services over fakes at their driven ports. */
export class ShopInMemory {
  readonly clock = new SetClock();
  readonly stock = new InMemoryStockRoom();
  readonly ledger = new InMemoryBalanceRepository();
  readonly issued = new InMemoryIssuedCouponRepository();
  readonly placed = new InMemoryOrderRepository();
  readonly paid = new InMemoryPaymentRepository();
  readonly dataPlatform = new RecordingDataPlatform();
  readonly products: ProductService;
  readonly coupons: CouponService;
  readonly balances: BalanceService;
  readonly orders: OrderService;
  readonly payments: PaymentService;
  private readonly wallets: { couponId: string; userId: string }[] = [];

  constructor(lanes: CommandLanes = new ImmediateLanes()) {
    const { clock, stock } = this;
    const reader = new InMemoryProductReader(stock.memory);
    const unitOfWork = new ImmediateUnitOfWork();
    this.products = new ProductService(stock.memory, reader, stock, unitOfWork, clock, lanes);
    this.coupons = new CouponService(new InMemoryCouponRepository(clock), this.issued, unitOfWork, clock, lanes);
    this.balances = new BalanceService(this.ledger, clock, lanes);
    const policy = new OrderPolicy(15 * MINUTE);
    this.orders = new OrderService(this.placed, stock, this.coupons, clock, policy, lanes);
    const settlement = new Settlement(this.orders, stock, this.coupons, this.balances);
    this.payments = new PaymentService(this.orders, this.paid, settlement, this.dataPlatform, clock, lanes);
  }

  /** A new option, of a product of its own; answers its id. */
  async option(stock = 10, price = 10_000): Promise<string> {
    const options = [{ name: '5kg', price: Money.of(price), stock }];
    const { options: listed } = await this.products.create({ name: '제주 감귤', description: '', options });
    return listed[0]!.id;
  }

  /** A new coupon that the user holds, for an hour. */
  async couponOf(userId: string, discount = new Discount('FIXED', 3_000), minimum = 0): Promise<string> {
    const validFrom = await this.clock.now();
    const { terms } = await this.coupons.create({
      name: '블랙프라이데이',
      discount,
      minOrderAmount: Money.of(minimum),
      totalQuantity: 100,
      validFrom,
      validUntil: new Date(validFrom.getTime() + 60 * MINUTE),
    });
    await this.coupons.issue({ userId, couponId: terms.id });
    this.wallets.push({ couponId: terms.id, userId });
    return terms.id;
  }

  charge(userId: string, won: number): Promise<unknown> {
    return this.balances.charge({ userId, amount: Money.of(won) });
  }

  order(userId: string, optionId: string, quantity = 1, couponId?: string) {
    return this.orders.place({ userId, items: [{ optionId, quantity }], couponId });
  }

  shelf(optionId: string): { onHand: number; reserved: number } {
    const { onHand, reserved } = this.stock.memory.options.get(optionId)!;
    return { onHand, reserved };
  }

  async couponStatus(couponId: string, userId: string): Promise<string> {
    return (await this.issued.lockAll([{ couponId, userId }])).of(couponId, userId).status;
  }

  async balanceOf(userId: string): Promise<number> {
    return (await this.balances.amountOf(userId)).won;
  }

  /** Everything that is kept, to see that a refusal has left it alone. */
  async everything(): Promise<unknown> {
    const statuses = this.wallets.map(({ couponId, userId }) => this.couponStatus(couponId, userId));
    return structuredClone({
      shelves: [...this.stock.memory.options.keys()].map((id) => this.shelf(id)),
      movements: this.stock.memory.movements.length,
      coupons: await Promise.all(statuses),
      ledger: this.ledger.ledger.length,
      orders: this.placed.all.map(({ id, storedStatus, paymentId }) => ({ id, storedStatus, paymentId })),
      payments: this.paid.all.map(({ id, status }) => ({ id, status })),
      events: this.dataPlatform.events.length,
    });
  }
}

/** How it was refused; fails when it was not. */
export async function refusalOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    (value) => Promise.reject(new Error(`not refused: ${JSON.stringify(value)}`)),
    (refusal: unknown) => refusal,
  );
}
