import { Money, type Outcome } from '@app/shared';
import { uuidv7 } from 'uuidv7';
import {
  CouponService,
  type CreateCoupon,
  type IssuedCouponView,
} from '../../../libs/coupon/src/application/coupon.service';
import {
  CouponAlreadyIssuedException,
  CouponExpiredException,
  CouponNotFoundException,
  CouponNotStartedException,
  CouponSoldOutException,
} from '../../../libs/coupon/src/domain/coupon.exceptions';
import { Discount } from '../../../libs/coupon/src/domain/discount';
import { ImmediateLanes } from '../../support/fakes/immediate-lanes';
import { ImmediateUnitOfWork } from '../../support/fakes/immediate-unit-of-work';
import { InMemoryCouponRepository } from '../../support/fakes/in-memory-coupon.repository';
import { InMemoryIssuedCouponRepository } from '../../support/fakes/in-memory-issued-coupon.repository';
import { SetClock } from '../../support/fakes/set-clock';
import { someTerms } from './coupon-samples';

const HOUR = 3_600_000;
let clock: SetClock;
let service: CouponService;
/** Decides commands as one batch, as a busy lane does. */
let issueTogether: (commands: readonly { userId: string; couponId: string }[]) => Promise<unknown[]>;

beforeEach(() => {
  clock = new SetClock();
  const lanes = new (class extends ImmediateLanes {
    override open: ImmediateLanes['open'] = (name, decide) => {
      issueTogether = async (commands) => {
        const claimed = commands.map((command, i) => ({ ...command, key: `key-${i}` })) as never;
        return (await decide(claimed)).map((outcome) =>
          brief(outcome as Outcome<unknown> as Outcome<IssuedCouponView>),
        );
      };
      return super.open(name, decide);
    };
  })();
  const issued = new InMemoryIssuedCouponRepository();
  service = new CouponService(new InMemoryCouponRepository(clock), issued, new ImmediateUnitOfWork(), clock, lanes);
});

function brief(outcome: Outcome<IssuedCouponView>): number | string {
  return 'value' in outcome ? outcome.value.sequence : outcome.refusal.code;
}

async function aCoupon(command: Partial<CreateCoupon> = {}): Promise<string> {
  const { id: _, ...terms } = someTerms();
  return (await service.create({ ...terms, ...command })).terms.id;
}

describe('issuing coupons', () => {
  it('answers with the coupon and its number, and the caller holds it', async () => {
    const couponId = await aCoupon({ discount: new Discount('PERCENT', 10, Money.of(5_000)) });
    await service.issue({ userId: 'lee', couponId });

    const issued = await service.issue({ userId: 'kim', couponId });

    expect(issued).toEqual({
      couponId,
      sequence: 2,
      name: '블랙프라이데이 3천원 할인',
      discountType: 'PERCENT',
      discountValue: 10,
      maxDiscountAmount: 5_000,
      minOrderAmount: 10_000,
      status: 'AVAILABLE',
      issuedAt: '2026-11-22T03:00:00.000Z',
      validUntil: '2026-11-22T04:00:00.000Z',
    });
    expect(await service.issuedTo('kim', { limit: 20 })).toEqual({ items: [issued], nextCursor: null });
  });

  it('refuses a coupon that does not exist', async () => {
    await expect(service.issue({ userId: 'kim', couponId: uuidv7() })).rejects.toThrow(CouponNotFoundException);
  });

  it.each([
    ['before the start', -1, CouponNotStartedException],
    ['at the end', HOUR, CouponExpiredException],
  ])('refuses %s', async (_, milliseconds, exception) => {
    const couponId = await aCoupon();
    clock.advance(milliseconds);

    await expect(service.issue({ userId: 'kim', couponId })).rejects.toThrow(exception);
  });

  it('refuses a second one to the same user', async () => {
    const couponId = await aCoupon();
    await service.issue({ userId: 'kim', couponId });

    await expect(service.issue({ userId: 'kim', couponId })).rejects.toThrow(CouponAlreadyIssuedException);
  });

  it('refuses when all are gone', async () => {
    const couponId = await aCoupon({ totalQuantity: 1 });
    await service.issue({ userId: 'kim', couponId });

    await expect(service.issue({ userId: 'lee', couponId })).rejects.toThrow(CouponSoldOutException);
  });

  it('decides a batch in arrival order, each caller for itself', async () => {
    const [few, many] = [await aCoupon({ totalQuantity: 2 }), await aCoupon()];
    await service.issue({ userId: 'choi', couponId: many });

    const outcomes = await issueTogether([
      { userId: 'kim', couponId: few },
      { userId: 'kim', couponId: few },
      { userId: 'lee', couponId: many },
      { userId: 'choi', couponId: many },
      { userId: 'kim', couponId: uuidv7() },
      { userId: 'lee', couponId: few },
      { userId: 'park', couponId: few },
      { userId: 'kim', couponId: many },
    ]);

    const [again, unknown, soldOut] = ['COUPON_ALREADY_ISSUED', 'COUPON_NOT_FOUND', 'COUPON_SOLD_OUT'];
    expect(outcomes).toEqual([1, again, 2, again, unknown, 2, soldOut, 3]);
    expect((await service.issuedTo('kim', { limit: 20 })).items).toHaveLength(2);
    expect((await service.issuedTo('park', { limit: 20 })).items).toEqual([]);
  });
});

describe('the wallet', () => {
  it('takes a coupon from reserved to used and back, and its holder sees where it stands', async () => {
    const couponId = await aCoupon();
    await service.issue({ userId: 'kim', couponId });
    const statuses: string[] = [];
    const step = async (act: (held: Awaited<ReturnType<CouponService['lockAll']>>) => unknown) => {
      const held = await service.lockAll([{ couponId, userId: 'kim' }]);
      act(held);
      await service.saveAll(held);
      statuses.push((await service.issuedTo('kim', { limit: 1 })).items[0]!.status);
    };
    const now = await clock.now();

    await step((held) => held.of(couponId, 'kim').reserve('order-1', Money.of(10_000), now));
    await step((held) => held.of(couponId, 'kim').release('order-1'));
    await step((held) => held.of(couponId, 'kim').reserve('order-2', Money.of(10_000), now));
    await step((held) => held.of(couponId, 'kim').use('order-2'));
    await step((held) => held.of(couponId, 'kim').giveBack('order-2'));

    expect(statuses).toEqual(['RESERVED', 'AVAILABLE', 'RESERVED', 'USED', 'AVAILABLE']);
  });
});
