import { Discount } from '@app/coupon';
import { uuidv7 } from 'uuidv7';
import { GatheringLanes, MINUTE, refusalOf, ShopInMemory } from '../order/shop-in-memory';

let shop: ShopInMemory;
let optionId: string;
let couponId: string;
let kims: { userId: string; orderId: string };

beforeEach(async () => {
  shop = new ShopInMemory(new GatheringLanes());
  optionId = await shop.option();
  couponId = await shop.couponOf('kim');
  kims = { userId: 'kim', orderId: (await shop.order('kim', optionId, 2, couponId)).id };
  await shop.order('lee', optionId, 5);
});

describe('paying for an order', () => {
  it('takes the total, sells what was reserved, uses the coupon and tells the data platform', async () => {
    await shop.charge('kim', 20_000);
    shop.clock.advance(15 * MINUTE - 1);

    const payment = await shop.payments.pay(kims);

    expect(payment).toEqual({
      id: payment.id,
      orderId: kims.orderId,
      status: 'PAID',
      subtotal: 20_000,
      discount: 3_000,
      amount: 17_000,
      balanceAfter: 3_000,
      paidAt: '2026-11-22T03:14:59.999Z',
      refundedAt: null,
    });
    expect(await shop.balanceOf('kim')).toBe(3_000);
    expect(shop.ledger.ledger.at(-1)).toMatchObject({
      type: 'PAYMENT',
      amount: { won: -17_000 },
      referenceId: payment.id,
    });
    expect(shop.shelf(optionId)).toEqual({ onHand: 8, reserved: 5 });
    expect(shop.stock.memory.movements.at(-1)).toMatchObject({ kind: 'SALE', quantity: -2, orderId: kims.orderId });
    expect(await shop.couponStatus(couponId, 'kim')).toBe('USED');
    expect(await shop.orders.get(kims)).toMatchObject({ status: 'PAID', paymentId: payment.id });
    expect(await shop.payments.get({ userId: 'kim', paymentId: payment.id })).toEqual(payment);
    expect(shop.dataPlatform.events).toEqual([
      {
        type: 'order.paid',
        at: new Date('2026-11-22T03:14:59.999Z'),
        data: {
          orderId: kims.orderId,
          paymentId: payment.id,
          userId: 'kim',
          lines: [{ productId: expect.any(String), optionId, quantity: 2, unitPrice: 10_000 }],
          couponId,
          subtotal: 20_000,
          discount: 3_000,
          amount: 17_000,
          paidAt: '2026-11-22T03:14:59.999Z',
        },
      },
    ]);
  });

  it('of 0 won is a payment like any other, and leaves no line in the ledger', async () => {
    const free = await shop.couponOf('choi', new Discount('PERCENT', 100));
    const { id: orderId } = await shop.order('choi', optionId, 1, free);

    const payment = await shop.payments.pay({ userId: 'choi', orderId });

    expect(payment).toMatchObject({ status: 'PAID', amount: 0, balanceAfter: 0 });
    expect(shop.ledger.ledger).toEqual([]);
    expect(await shop.couponStatus(free, 'choi')).toBe('USED');
    expect(shop.dataPlatform.events).toHaveLength(1);
  });

  it('counts the coupon of the order though the coupon has expired since', async () => {
    await shop.charge('choi', 10_000);
    const ending = await shop.couponOf('choi'); // for an hour
    shop.clock.advance(50 * MINUTE);
    const { id: orderId } = await shop.order('choi', optionId, 1, ending);
    shop.clock.advance(14 * MINUTE);

    expect(await shop.payments.pay({ userId: 'choi', orderId })).toMatchObject({ discount: 3_000, amount: 7_000 });
    expect(await shop.couponStatus(ending, 'choi')).toBe('USED');
  });

  it('short of balance leaves the order payable: charge and try again', async () => {
    await shop.charge('kim', 16_999);
    const before = await shop.everything();

    expect(await refusalOf(shop.payments.pay(kims))).toMatchObject({
      kind: 'conflict',
      code: 'INSUFFICIENT_BALANCE',
      message: '잔액이 부족합니다',
      details: { balance: 16_999, required: 17_000 },
    });
    expect(await shop.everything()).toEqual(before);

    await shop.charge('kim', 1);
    expect(await shop.payments.pay(kims)).toMatchObject({ amount: 17_000, balanceAfter: 0 });
  });
});

describe('refusing a payment leaves everything as it was', () => {
  it.each([
    [
      'an order that does not exist',
      async () => ({ userId: 'kim', orderId: uuidv7() }),
      { kind: 'not-found', code: 'ORDER_NOT_FOUND', message: '주문 정보가 존재하지 않습니다' },
    ],
    [
      'an order of somebody else, which reads the same',
      async () => ({ ...kims, userId: 'lee' }),
      { kind: 'not-found', code: 'ORDER_NOT_FOUND', message: '주문 정보가 존재하지 않습니다' },
    ],
    [
      'an order that has been paid',
      async () => {
        await shop.payments.pay(kims);
        return kims;
      },
      { kind: 'conflict', code: 'ORDER_ALREADY_PAID', message: '이미 결제된 주문입니다' },
    ],
    [
      'an order that has been cancelled',
      async () => {
        await shop.orders.cancel(kims);
        return kims;
      },
      { kind: 'conflict', code: 'ORDER_CANCELLED', message: '취소된 주문입니다' },
    ],
    [
      'an order whose time is over, before the sweeper',
      async () => {
        shop.clock.advance(15 * MINUTE);
        return kims;
      },
      { kind: 'conflict', code: 'ORDER_EXPIRED', message: '결제 가능 시간이 지난 주문입니다' },
    ],
    [
      'an order whose time is over, after the sweeper',
      async () => {
        shop.clock.advance(15 * MINUTE);
        await shop.orders.expireDue(500);
        return kims;
      },
      { kind: 'conflict', code: 'ORDER_EXPIRED', message: '결제 가능 시간이 지난 주문입니다' },
    ],
  ])('%s', async (_, prepare, refusal) => {
    await shop.charge('kim', 100_000);
    await shop.charge('lee', 100_000);
    const command = await prepare();
    const before = await shop.everything();

    expect(await refusalOf(shop.payments.pay(command))).toMatchObject(refusal);

    expect(await shop.everything()).toEqual(before);
  });
});

describe('payments that are decided together', () => {
  it('pay an order once, and name that payment to the others', async () => {
    await shop.charge('kim', 100_000);

    const [first, ...others] = await Promise.allSettled([1, 2, 3].map(() => shop.payments.pay(kims)));

    const paymentId = first?.status === 'fulfilled' ? first.value.id : '';
    const refused = { status: 'rejected', reason: { code: 'ORDER_ALREADY_PAID', details: { paymentId } } };
    expect(others).toMatchObject([refused, refused]);
    expect(await shop.balanceOf('kim')).toBe(83_000);
    expect(shop.dataPlatform.events).toHaveLength(1);
  });

  it("do not let anybody pay for somebody else's order that its owner is paying for", async () => {
    await shop.charge('kim', 17_000);
    await shop.charge('lee', 100_000);

    const [others, owners] = await Promise.allSettled([
      shop.payments.pay({ ...kims, userId: 'lee' }),
      shop.payments.pay(kims),
    ]);

    expect(others).toMatchObject({ reason: { code: 'ORDER_NOT_FOUND' } });
    expect(owners).toMatchObject({ value: { balanceAfter: 0 } });
    expect(await shop.balanceOf('lee')).toBe(100_000);
  });

  it('spend one balance in arrival order until it is short', async () => {
    await shop.charge('park', 25_000);
    const orders = await Promise.all(
      [2, 1, 1].map((quantity) => shop.order('park', optionId, quantity).catch(() => null)),
    );
    const placed = orders.flatMap((order) => (order ? [order] : []));

    const outcomes = await Promise.allSettled(
      placed.map(({ id }) => shop.payments.pay({ userId: 'park', orderId: id })),
    );

    const ends = outcomes.map((outcome) =>
      outcome.status === 'fulfilled' ? outcome.value.balanceAfter : outcome.reason.code,
    );
    expect(ends).toEqual([5_000, 'INSUFFICIENT_BALANCE']);
    expect(await shop.balanceOf('park')).toBe(5_000);
  });
});
