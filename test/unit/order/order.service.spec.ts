import { Discount } from '@app/coupon';
import { uuidv7 } from 'uuidv7';
import { GatheringLanes, MINUTE, refusalOf, ShopInMemory } from './shop-in-memory';

let shop: ShopInMemory;

beforeEach(() => {
  shop = new ShopInMemory();
});

describe('placing an order', () => {
  it('reserves stock and coupon and answers with the prices that it was placed at', async () => {
    const optionId = await shop.option(10, 19_900);
    const couponId = await shop.couponOf('kim');

    const order = await shop.order('kim', optionId, 2, couponId);

    expect(order).toEqual({
      id: order.id,
      status: 'PENDING_PAYMENT',
      lines: [
        {
          productId: shop.stock.memory.options.get(optionId)?.productId,
          productName: '제주 감귤',
          optionId,
          optionName: '5kg',
          unitPrice: 19_900,
          quantity: 2,
          amount: 39_800,
        },
      ],
      couponId,
      subtotal: 39_800,
      discount: 3_000,
      total: 36_800,
      placedAt: '2026-11-22T03:00:00.000Z',
      expiresAt: '2026-11-22T03:15:00.000Z',
      paymentId: null,
    });
    expect(shop.shelf(optionId)).toEqual({ onHand: 10, reserved: 2 });
    expect(await shop.couponStatus(couponId, 'kim')).toBe('RESERVED');
    expect(await shop.orders.get({ userId: 'kim', orderId: order.id })).toEqual(order);
  });

  it('adds up an option that is named twice', async () => {
    const optionId = await shop.option(10, 1_000);
    const items = [4, 5].map((quantity) => ({ optionId, quantity }));

    const order = await shop.orders.place({ userId: 'kim', items });

    expect(order.lines.map(({ quantity, amount }) => [quantity, amount])).toEqual([[9, 9_000]]);
    expect(shop.shelf(optionId)).toEqual({ onHand: 10, reserved: 9 });
    await expect(shop.orders.place({ userId: 'kim', items })).rejects.toThrow('상품 재고가 부족합니다');
  });

  it('takes no more off than the order is worth', async () => {
    const couponId = await shop.couponOf('kim', new Discount('FIXED', 50_000));

    const order = await shop.order('kim', await shop.option(), 1, couponId);

    expect([order.subtotal, order.discount, order.total]).toEqual([10_000, 10_000, 0]);
  });

  it('rounds a percentage down to a won', async () => {
    const couponId = await shop.couponOf('kim', new Discount('PERCENT', 33));

    const order = await shop.order('kim', await shop.option(1, 101), 1, couponId);

    expect([order.discount, order.total]).toEqual([33, 68]);
  });
});

describe('refusing an order leaves everything as it was', () => {
  it.each([
    [
      'an option that does not exist',
      async () => ({ optionId: uuidv7() }),
      { kind: 'not-found', code: 'PRODUCT_OPTION_NOT_FOUND', message: '상품 옵션 정보가 존재하지 않습니다' },
    ],
    [
      'one unit too many, though the coupon is good',
      async () => ({ quantity: 11, couponId: await shop.couponOf('kim') }),
      { kind: 'conflict', code: 'OUT_OF_STOCK', message: '상품 재고가 부족합니다' },
    ],
    [
      'a coupon that does not exist',
      async () => ({ couponId: uuidv7() }),
      { code: 'COUPON_NOT_USABLE', message: '쿠폰이 유효하지 않습니다', details: { reason: 'NOT_ISSUED' } },
    ],
    [
      'a coupon of somebody else, which reads the same',
      async () => ({ couponId: await shop.couponOf('lee') }),
      { code: 'COUPON_NOT_USABLE', message: '쿠폰이 유효하지 않습니다', details: { reason: 'NOT_ISSUED' } },
    ],
    [
      'an order too small for its coupon',
      async () => ({ couponId: await shop.couponOf('kim', new Discount('PERCENT', 10), 10_001) }),
      { code: 'COUPON_NOT_USABLE', details: { reason: 'ORDER_TOO_SMALL' } },
    ],
    [
      'a coupon that has expired',
      async () => {
        const couponId = await shop.couponOf('kim');
        shop.clock.advance(60 * MINUTE);
        return { couponId };
      },
      { code: 'COUPON_NOT_USABLE', details: { reason: 'EXPIRED' } },
    ],
    [
      'a coupon that another order holds',
      async () => {
        const couponId = await shop.couponOf('kim');
        await shop.order('kim', await shop.option(), 1, couponId);
        return { couponId };
      },
      { code: 'COUPON_NOT_USABLE', details: { reason: 'RESERVED' } },
    ],
    [
      'a coupon that a paid order has used',
      async () => {
        const couponId = await shop.couponOf('kim');
        await shop.charge('kim', 7_000);
        const { id: orderId } = await shop.order('kim', await shop.option(), 1, couponId);
        await shop.payments.pay({ userId: 'kim', orderId });
        return { couponId };
      },
      { code: 'COUPON_NOT_USABLE', details: { reason: 'USED' } },
    ],
  ])('%s', async (_, prepare, refusal) => {
    const good = await shop.option(10, 10_000);
    const {
      optionId = good,
      quantity = 1,
      couponId,
    } = (await prepare()) as {
      optionId?: string;
      quantity?: number;
      couponId?: string;
    };
    const before = await shop.everything();

    expect(await refusalOf(shop.order('kim', optionId, quantity, couponId))).toMatchObject(refusal);

    expect(await shop.everything()).toEqual(before);
  });

  it('a product that is not on sale any more', async () => {
    const optionId = await shop.option();
    await shop.products.change(shop.stock.memory.options.get(optionId)!.productId, { onSale: false });
    const before = await shop.everything();

    expect(await refusalOf(shop.order('kim', optionId))).toMatchObject({ code: 'PRODUCT_NOT_ON_SALE' });

    expect(await shop.everything()).toEqual(before);
  });

  it('one line of several that is short: all or nothing', async () => {
    const [plenty, few] = [await shop.option(10), await shop.option(1)];
    const before = await shop.everything();
    const items = [plenty, few].map((optionId) => ({ optionId, quantity: 2 }));

    expect(await refusalOf(shop.orders.place({ userId: 'kim', items }))).toMatchObject({
      details: { shortages: [{ optionId: few, requested: 2, available: 1 }] },
    });

    expect(await shop.everything()).toEqual(before);
  });
});

describe('orders that are decided together', () => {
  it('are decided in arrival order, each for itself', async () => {
    shop = new ShopInMemory(new GatheringLanes());
    const optionId = await shop.option(3);
    const couponId = await shop.couponOf('kim');

    const outcomes = await Promise.allSettled([
      shop.order('kim', optionId, 2, couponId),
      shop.order('kim', optionId, 1, couponId),
      shop.order('lee', optionId, 2),
      shop.order('lee', optionId, 1),
      shop.order('choi', optionId, 1),
    ]);

    const ends = outcomes.map((outcome) =>
      outcome.status === 'fulfilled' ? outcome.value.total : outcome.reason.code,
    );
    expect(ends).toEqual([17_000, 'COUPON_NOT_USABLE', 'OUT_OF_STOCK', 10_000, 'OUT_OF_STOCK']);
    expect(shop.shelf(optionId)).toEqual({ onHand: 3, reserved: 3 });
    expect(shop.placed.all).toHaveLength(2);
  });
});
