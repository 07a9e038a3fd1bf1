import {
  attempt,
  type Claimed,
  Clock,
  type Command,
  CommandLanes,
  type Lane,
  mapPage,
  type Outcome,
  type Page,
  type PageRequest,
  UnitOfWork,
} from '@app/shared';
import { Injectable } from '@nestjs/common';
import { uuidv7 } from 'uuidv7';
import { Coupon } from '../domain/coupon';
import { CouponNotFoundException } from '../domain/coupon.exceptions';
import type { CouponTerms } from '../domain/coupon-terms';
import type { DiscountType } from '../domain/discount';
import type { HeldCoupons } from '../domain/held-coupons';
import type { CouponRef, IssuedCoupon, IssuedCouponStatus } from '../domain/issued-coupon';
import { CouponRepository } from './ports/coupon.repository';
import { CouponWallet } from './ports/coupon-wallet';
import { IssuedCouponRepository } from './ports/issued-coupon.repository';

export type CreateCoupon = Omit<CouponTerms, 'id'>;

export interface IssueCoupon extends Command {
  readonly couponId: string;
}

/** A user's coupon as its holder sees it. Amounts in won. */
export interface IssuedCouponView {
  readonly couponId: string;
  readonly sequence: number;
  readonly name: string;
  readonly discountType: DiscountType;
  readonly discountValue: number;
  readonly maxDiscountAmount: number | null;
  readonly minOrderAmount: number;
  readonly status: IssuedCouponStatus;
  readonly issuedAt: string;
  readonly validUntil: string;
}

/** Coupon flows: making, listing and issuing; and the wallet, for orders and payments. */
@Injectable()
export class CouponService extends CouponWallet {
  private readonly issuing: Lane<IssueCoupon, IssuedCouponView>;

  constructor(
    private readonly coupons: CouponRepository,
    private readonly issued: IssuedCouponRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    lanes: CommandLanes,
  ) {
    super();
    this.issuing = lanes.open('coupon.issue', (commands) => this.issueAll(commands));
  }

  async create(command: CreateCoupon): Promise<Coupon> {
    const coupon = Coupon.open({ ...command, id: uuidv7() });
    await this.unitOfWork.run(async () => this.coupons.add(coupon, await this.clock.now()));
    return coupon;
  }

  /** Coupons that can be issued now or soon. */
  list(page: PageRequest): Promise<Page<Coupon>> {
    return this.coupons.listIssuable(page);
  }

  async issuedTo(userId: string, page: PageRequest): Promise<Page<IssuedCouponView>> {
    return mapPage(await this.issued.issuedTo(userId, page), viewOf);
  }

  /**
   * @throws CouponNotFoundException | CouponNotStartedException | CouponExpiredException | CouponSoldOutException |
   * CouponAlreadyIssuedException
   */
  issue(command: IssueCoupon): Promise<IssuedCouponView> {
    return this.issuing.submit(command);
  }

  lockAll(refs: readonly CouponRef[]): Promise<HeldCoupons> {
    return this.issued.lockAll(refs);
  }

  saveAll(held: HeldCoupons): Promise<void> {
    return this.issued.saveAll(held);
  }

  /** First come, first served: decided in arrival order, under one lock, in one commit. */
  private async issueAll(commands: readonly Claimed<IssueCoupon>[]): Promise<Outcome<IssuedCouponView>[]> {
    const coupons = await this.coupons.lockAll(commands.map(({ couponId }) => couponId));
    const holders = await this.issued.holdersAmong(commands);
    const now = await this.clock.now();

    const outcomes = commands.map((command) =>
      attempt(() => {
        const coupon = coupons.get(command.couponId);
        if (!coupon) throw new CouponNotFoundException();
        return viewOf(coupon.issueTo(command.userId, holders.include(command), now));
      }),
    );

    await this.issued.addAll([...coupons.values()].flatMap(({ changes }) => changes));
    await this.coupons.saveAll(coupons.values());
    return outcomes;
  }
}

function viewOf({ couponId, terms, sequence, status, issuedAt }: IssuedCoupon): IssuedCouponView {
  const { name, discount, minOrderAmount, validUntil } = terms;
  return {
    couponId,
    sequence,
    name,
    discountType: discount.type,
    discountValue: discount.value,
    maxDiscountAmount: discount.cap?.won ?? null,
    minOrderAmount: minOrderAmount.won,
    status,
    issuedAt: issuedAt.toISOString(),
    validUntil: validUntil.toISOString(),
  };
}
