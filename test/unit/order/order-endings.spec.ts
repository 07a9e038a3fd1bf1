import { GatheringLanes, MINUTE, refusalOf, ShopInMemory } from './shop-in-memory';

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

describe('cancelling an order', () => {
  it('gives stock and coupon back', async () => {
    const order = await shop.orders.cancel(kims);

    expect(order).toMatchObject({ id: kims.orderId, status: 'CANCELLED', couponId, total: 17_000 });
    expect(shop.shelf(optionId)).toEqual({ onHand: 10, reserved: 5 });
    expect(await shop.couponStatus(couponId, 'kim')).toBe('AVAILABLE');
    expect(await shop.order('kim', optionId, 1, couponId)).toMatchObject({ discount: 3_000 });
  });

  it('gives back once, whoever asks again', async () => {
    const [first, second] = await Promise.allSettled([shop.orders.cancel(kims), shop.orders.cancel(kims)]);

    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ reason: { code: 'ORDER_NOT_CANCELLABLE', details: { orderStatus: 'CANCELLED' } } });
    expect(await refusalOf(shop.orders.cancel(kims))).toMatchObject({ message: '취소할 수 없는 주문입니다' });
    expect(shop.shelf(optionId)).toEqual({ onHand: 10, reserved: 5 });
  });

  it('refuses an order that has been paid, and leaves everything as it was', async () => {
    await shop.charge('kim', 17_000);
    await shop.payments.pay(kims);
    const before = await shop.everything();

    expect(await refusalOf(shop.orders.cancel(kims))).toMatchObject({ details: { orderStatus: 'PAID' } });

    expect(await shop.everything()).toEqual(before);
  });

  it("answers somebody else's order as one that does not exist, also when its owner asks at the same moment", async () => {
    const theirs = { ...kims, userId: 'lee' };
    const refusal = { kind: 'not-found', code: 'ORDER_NOT_FOUND', message: '주문 정보가 존재하지 않습니다' };

    const [others, owners] = await Promise.allSettled([shop.orders.cancel(theirs), shop.orders.cancel(kims)]);

    expect(others).toMatchObject({ status: 'rejected', reason: refusal });
    expect(owners).toMatchObject({ status: 'fulfilled', value: { status: 'CANCELLED' } });
    expect(await refusalOf(shop.orders.get(theirs))).toMatchObject(refusal);
  });
});

describe('an order whose time to pay is over', () => {
  it('reads as expired before the sweeper came, and holds its stock until it comes', async () => {
    shop.clock.advance(15 * MINUTE);

    expect(await shop.orders.get(kims)).toMatchObject({ status: 'EXPIRED' });
    expect((await shop.orders.list('kim', { limit: 20 })).items).toMatchObject([{ status: 'EXPIRED' }]);
    expect(await refusalOf(shop.orders.cancel(kims))).toMatchObject({ details: { orderStatus: 'EXPIRED' } });
    expect(shop.shelf(optionId)).toEqual({ onHand: 10, reserved: 7 });
  });

  it('gives stock and coupon back when the sweeper comes, once', async () => {
    shop.clock.advance(15 * MINUTE);

    expect(await shop.orders.expireDue(500)).toBe(2);
    expect(await shop.orders.expireDue(500)).toBe(0);

    expect(await shop.orders.get(kims)).toMatchObject({ status: 'EXPIRED' });
    expect(shop.shelf(optionId)).toEqual({ onHand: 10, reserved: 0 });
    expect(await shop.couponStatus(couponId, 'kim')).toBe('AVAILABLE');
  });

  it('is not swept a millisecond early, and never after it was paid', async () => {
    await shop.charge('kim', 17_000);
    await shop.payments.pay(kims);
    shop.clock.advance(15 * MINUTE - 1);

    expect(await shop.orders.expireDue(500)).toBe(0);
    shop.clock.advance(1);
    expect(await shop.orders.expireDue(500)).toBe(1); // lee's

    expect(await shop.orders.get(kims)).toMatchObject({ status: 'PAID' });
    expect(shop.shelf(optionId)).toEqual({ onHand: 8, reserved: 0 });
  });

  it('waits for the next round when there are more than a round takes', async () => {
    shop.clock.advance(15 * MINUTE);

    expect(await shop.orders.expireDue(1)).toBe(1);
    expect(await shop.orders.expireDue(1)).toBe(1);
    expect(await shop.orders.expireDue(1)).toBe(0);
  });
});
