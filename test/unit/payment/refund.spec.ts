import { Money } from '@app/shared';
import { uuidv7 } from 'uuidv7';
import { GatheringLanes, MINUTE, refusalOf, ShopInMemory } from '../order/shop-in-memory';

let shop: ShopInMemory;
let optionId: string;
let couponId: string;
let orderId: string;
let kims: { userId: string; paymentId: string };

beforeEach(async () => {
  shop = new ShopInMemory(new GatheringLanes());
  optionId = await shop.option();
  couponId = await shop.couponOf('kim');
  await shop.charge('kim', 20_000);
  orderId = (await shop.order('kim', optionId, 2, couponId)).id;
  kims = { userId: 'kim', paymentId: (await shop.payments.pay({ userId: 'kim', orderId })).id };
  shop.clock.advance(MINUTE);
});

describe('refunding a payment', () => {
  it('gives back money, goods and coupon, and tells the data platform', async () => {
    const paidAt = '2026-11-22T03:00:00.000Z';
    const refundedAt = '2026-11-22T03:01:00.000Z';

    const payment = await shop.payments.refund(kims);

    expect(payment).toMatchObject({ id: kims.paymentId, status: 'REFUNDED', amount: 17_000, balanceAfter: 20_000 });
    expect(payment).toMatchObject({ paidAt, refundedAt });
    expect(await shop.payments.get(kims)).toEqual(payment);
    expect(await shop.orders.get({ userId: 'kim', orderId })).toMatchObject({
      status: 'REFUNDED',
      paymentId: payment.id,
    });
    expect(shop.ledger.ledger.at(-1)).toMatchObject({
      type: 'REFUND',
      amount: { won: 17_000 },
      referenceId: payment.id,
    });
    expect(shop.shelf(optionId)).toEqual({ onHand: 10, reserved: 0 });
    expect(shop.stock.memory.movements.at(-1)).toMatchObject({ kind: 'RETURN', quantity: 2, orderId });
    expect(shop.dataPlatform.events).toMatchObject([
      { type: 'order.paid' },
      { type: 'order.refunded', at: new Date(refundedAt), data: { paymentId: payment.id, amount: 17_000, paidAt } },
    ]);
  });

  it('lets the coupon go from available to reserved to used and back, and be used again', async () => {
    const statuses = [await shop.couponStatus(couponId, 'kim')];
    await shop.payments.refund(kims);
    statuses.push(await shop.couponStatus(couponId, 'kim'));
    const again = await shop.order('kim', optionId, 1, couponId);
    statuses.push(await shop.couponStatus(couponId, 'kim'));
    await shop.payments.pay({ userId: 'kim', orderId: again.id });
    statuses.push(await shop.couponStatus(couponId, 'kim'));

    expect(statuses).toEqual(['USED', 'AVAILABLE', 'RESERVED', 'USED']);
  });

  it('happens once, whoever asks again', async () => {
    const [first, second] = await Promise.allSettled([shop.payments.refund(kims), shop.payments.refund(kims)]);

    expect(first.status).toBe('fulfilled');
    const refusal = { kind: 'conflict', code: 'PAYMENT_ALREADY_REFUNDED', message: '이미 환불된 결제입니다' };
    expect(second).toMatchObject({ reason: refusal });
    expect(await refusalOf(shop.payments.refund(kims))).toMatchObject(refusal);
    expect(await shop.balanceOf('kim')).toBe(20_000);
    expect(shop.shelf(optionId)).toEqual({ onHand: 10, reserved: 0 });
    expect(shop.dataPlatform.events).toHaveLength(2);
  });

  it('leaves the order paid for good: it cannot be paid again', async () => {
    await shop.payments.refund(kims);

    expect(await refusalOf(shop.payments.pay({ userId: 'kim', orderId }))).toMatchObject({
      code: 'ORDER_ALREADY_PAID',
      details: { paymentId: kims.paymentId },
    });
  });

  it('of 0 won leaves no line in the ledger', async () => {
    const { id } = await shop.order('lee', await shop.option(1, 0));
    const { id: paymentId } = await shop.payments.pay({ userId: 'lee', orderId: id });

    expect(await shop.payments.refund({ userId: 'lee', paymentId })).toMatchObject({ amount: 0, balanceAfter: 0 });

    expect(shop.ledger.ledger.filter(({ userId }) => userId === 'lee')).toEqual([]);
  });

  it('is refused, leaving everything as it was, when the payer would hold too much', async () => {
    await shop.balances.charge({ userId: 'kim', amount: Money.of(1_000_000_000 - 3_000) });
    const before = await shop.everything();

    expect(await refusalOf(shop.payments.refund(kims))).toMatchObject({
      code: 'BALANCE_LIMIT_EXCEEDED',
      message: '보유 한도를 초과했습니다',
    });

    expect(await shop.everything()).toEqual(before);
  });

  it('answers a payment of somebody else as one that does not exist, also beside its payer', async () => {
    const theirs = { ...kims, userId: 'lee' };
    const refusal = { kind: 'not-found', code: 'PAYMENT_NOT_FOUND', message: '결제 정보가 존재하지 않습니다' };

    const [others, payers] = await Promise.allSettled([shop.payments.refund(theirs), shop.payments.refund(kims)]);

    expect(others).toMatchObject({ reason: refusal });
    expect(payers.status).toBe('fulfilled');
    expect(await shop.balanceOf('lee')).toBe(0);
    expect(await refusalOf(shop.payments.get(theirs))).toMatchObject(refusal);
    expect(await refusalOf(shop.payments.refund({ userId: 'kim', paymentId: uuidv7() }))).toMatchObject(refusal);
  });
});
