import {
  decodeCursor,
  encodeCursor,
  ID,
  LockingSelect,
  selectRow,
  Table,
  TIMESTAMP,
  TypeOrmUnitOfWork,
} from '@app/platform';
import { type Page, type PageRequest, pageOf } from '@app/shared';
import { Injectable } from '@nestjs/common';
import { IssuedCouponRepository } from '../../application/ports/issued-coupon.repository';
import { CouponHolders, HeldCoupons } from '../../domain/held-coupons';
import { type CouponRef, IssuedCoupon } from '../../domain/issued-coupon';
import { COUPON_COLUMNS, type CouponRow, termsOf } from './coupon.row';
import { IssuedCouponRow } from './issued-coupon.row';

type StoredIssuedCoupon = Omit<IssuedCouponRow, 'coupon'>;

const ISSUED_COUPON = new Table<StoredIssuedCoupon>('issued_coupon', {
  couponId: 'uuid',
  userId: 'text',
  sequence: 'integer',
  status: 'text',
  orderId: 'uuid',
  issuedAt: 'timestamptz',
});

const USE = new Table<Pick<StoredIssuedCoupon, 'couponId' | 'userId' | 'status' | 'orderId'>>(
  'issued_coupon',
  { couponId: 'uuid', userId: 'text', status: 'text', orderId: 'uuid' },
  ['couponId', 'userId'],
);

@Injectable()
export class TypeOrmIssuedCouponRepository extends IssuedCouponRepository {
  private readonly locked: LockingSelect<StoredIssuedCoupon & CouponRow>;

  constructor(private readonly unitOfWork: TypeOrmUnitOfWork) {
    super();
    this.locked = new LockingSelect(unitOfWork, (manager) =>
      selectRow(manager, IssuedCouponRow, 'issued')
        .innerJoin('issued.coupon', 'coupon')
        .addSelect(COUPON_COLUMNS)
        .where('(issued.couponId, issued.userId) IN (SELECT * FROM unnest(:couponIds::uuid[], :userIds::text[]))', {
          couponIds: [],
          userIds: [],
        })
        .orderBy('issued.couponId')
        .addOrderBy('issued.userId')
        // Not the coupon itself: its terms never change, and its counter belongs to whoever is issuing.
        .setLock('for_no_key_update', undefined, ['issued']),
    );
  }

  async holdersAmong(refs: readonly CouponRef[]): Promise<CouponHolders> {
    const rows = await this.unitOfWork.query<CouponRef>(
      `SELECT coupon_id AS "couponId", user_id AS "userId"
         FROM issued_coupon JOIN unnest($1::uuid[], $2::text[]) AS s (coupon_id, user_id) USING (coupon_id, user_id)`,
      [refs.map(({ couponId }) => couponId), refs.map(({ userId }) => userId)],
    );
    return new CouponHolders(rows);
  }

  async addAll(issued: readonly IssuedCoupon[]): Promise<void> {
    this.unitOfWork.insertAll(ISSUED_COUPON, issued.map(toRow));
  }

  async lockAll(refs: readonly CouponRef[]): Promise<HeldCoupons> {
    if (refs.length === 0) return new HeldCoupons([]);
    const rows = await this.locked.rows(
      refs.map(({ couponId }) => couponId),
      refs.map(({ userId }) => userId),
    );
    return new HeldCoupons(rows.map((row) => toIssuedCoupon(row, row)));
  }

  async saveAll(held: HeldCoupons): Promise<void> {
    this.unitOfWork.updateAll(
      USE,
      held.changed.map(({ couponId, userId, status, orderId }) => ({ couponId, userId, status, orderId })),
    );
  }

  async issuedTo(userId: string, { limit, cursor }: PageRequest): Promise<Page<IssuedCoupon>> {
    const [issuedAt, couponId] =
      cursor === undefined ? [null, null] : decodeCursor('issued-coupons', cursor, TIMESTAMP, ID);
    const rows = await this.unitOfWork.query<StoredIssuedCoupon & CouponRow>(
      `SELECT ${COUPON_COLUMNS}, i.user_id AS "userId", i.sequence, i.status, i.order_id AS "orderId",
              i.issued_at AS "issuedAt"
         FROM issued_coupon i JOIN coupon ON coupon.id = i.coupon_id
        WHERE i.user_id = $1 AND ($2::timestamptz IS NULL OR (i.issued_at, i.coupon_id) < ($2, $3::uuid))
        ORDER BY i.issued_at DESC, i.coupon_id DESC LIMIT $4`,
      [userId, issuedAt, couponId, limit + 1],
    );
    return pageOf(
      rows.map((row) => toIssuedCoupon(row, row)),
      limit,
      (last) => encodeCursor('issued-coupons', [last.issuedAt.toISOString(), last.couponId]),
    );
  }
}

function toRow({ couponId, userId, sequence, status, orderId, issuedAt }: IssuedCoupon): StoredIssuedCoupon {
  return { couponId, userId, sequence, status, orderId, issuedAt };
}

function toIssuedCoupon(row: Omit<StoredIssuedCoupon, 'couponId'>, coupon: CouponRow): IssuedCoupon {
  const { userId, sequence, issuedAt, status, orderId } = row;
  return IssuedCoupon.restore(termsOf(coupon), userId, sequence, issuedAt, { status, orderId });
}
