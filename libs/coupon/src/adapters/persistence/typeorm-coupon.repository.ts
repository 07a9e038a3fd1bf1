import {
  decodeCursor,
  encodeCursor,
  ID,
  LockingSelect,
  RecentReads,
  selectRow,
  Table,
  TIMESTAMP,
  TypeOrmUnitOfWork,
} from '@app/platform';
import { type Page, type PageRequest, pageOf } from '@app/shared';
import { Injectable } from '@nestjs/common';
import { CouponRepository } from '../../application/ports/coupon.repository';
import { Coupon } from '../../domain/coupon';
import { COUPON_COLUMNS, CouponRow, termsOf } from './coupon.row';

type StoredCoupon = { [Column in keyof CouponRow]: CouponRow[Column] };

const COUPON = new Table<StoredCoupon & { createdAt: Date }>('coupon', {
  id: 'uuid',
  name: 'text',
  discountType: 'text',
  discountValue: 'bigint',
  maxDiscountAmount: 'bigint',
  minOrderAmount: 'bigint',
  totalQuantity: 'integer',
  issued: 'integer',
  validFrom: 'timestamptz',
  validUntil: 'timestamptz',
  createdAt: 'timestamptz',
});

const COUNTER = new Table<Pick<StoredCoupon, 'id' | 'issued'>>('coupon', { id: 'uuid', issued: 'integer' }, ['id']);

@Injectable()
export class TypeOrmCouponRepository extends CouponRepository {
  /** What everybody reads: a second old at most, and forgotten by what this instance commits. */
  private readonly pages = new RecentReads<Page<Coupon>>(200);

  private readonly locked: LockingSelect<CouponRow>;

  constructor(private readonly unitOfWork: TypeOrmUnitOfWork) {
    super();
    this.locked = new LockingSelect(unitOfWork, (manager) =>
      selectRow(manager, CouponRow, 'coupon')
        .where('coupon.id = ANY(:ids)', { ids: [] })
        .orderBy('coupon.id')
        // Issued coupons refer to it: a stronger lock would wait for whoever is inserting one.
        .setLock('for_no_key_update'),
    );
  }

  async add({ terms, issued }: Coupon, createdAt: Date): Promise<void> {
    const { discount, minOrderAmount, ...others } = terms;
    const row = {
      ...others,
      discountType: discount.type,
      discountValue: discount.value,
      maxDiscountAmount: discount.cap?.won ?? null,
      minOrderAmount: minOrderAmount.won,
      issued,
      createdAt,
    };
    this.unitOfWork.afterCommit(() => this.pages.forget());
    this.unitOfWork.insertAll(COUPON, [row]);
  }

  async lockAll(couponIds: readonly string[]): Promise<ReadonlyMap<string, Coupon>> {
    const rows = await this.locked.rows([...new Set(couponIds)]);
    return new Map(rows.map((row) => [row.id, toCoupon(row)]));
  }

  async saveAll(coupons: Iterable<Coupon>): Promise<void> {
    const changed = [...coupons].filter(({ changes }) => changes.length > 0);
    if (changed.length === 0) return;
    this.unitOfWork.afterCommit(() => this.pages.forget());
    this.unitOfWork.updateAll(
      COUNTER,
      changed.map(({ terms, issued }) => ({ id: terms.id, issued })),
    );
  }

  async listIssuable(page: PageRequest): Promise<Page<Coupon>> {
    return this.pages.get(JSON.stringify([page.limit, page.cursor ?? null]), () => this.readIssuable(page));
  }

  private async readIssuable({ limit, cursor }: PageRequest): Promise<Page<Coupon>> {
    const [validUntil, id] = cursor === undefined ? [null, null] : decodeCursor('coupons', cursor, TIMESTAMP, ID);
    const rows = await this.unitOfWork.query<CouponRow>(
      `SELECT ${COUPON_COLUMNS}
         FROM coupon
        WHERE valid_until > now() AND issued < total_quantity
          AND ($1::timestamptz IS NULL OR (valid_until, id) > ($1, $2::uuid))
        ORDER BY valid_until, id LIMIT $3`,
      [validUntil, id, limit + 1],
    );
    return pageOf(rows.map(toCoupon), limit, ({ terms }) =>
      encodeCursor('coupons', [terms.validUntil.toISOString(), terms.id]),
    );
  }
}

function toCoupon(row: CouponRow): Coupon {
  return Coupon.restore(termsOf(row), row.issued);
}
