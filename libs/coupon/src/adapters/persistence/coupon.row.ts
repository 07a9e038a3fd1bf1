import { Money } from '@app/shared';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { CouponTerms } from '../../domain/coupon-terms';
import { Discount, type DiscountType } from '../../domain/discount';

@Entity('coupon')
export class CouponRow {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  @Column('text', { name: 'discount_type' })
  discountType!: DiscountType;

  @Column('bigint', { name: 'discount_value' })
  discountValue!: number;

  @Column('bigint', { name: 'max_discount_amount', nullable: true })
  maxDiscountAmount!: number | null;

  @Column('bigint', { name: 'min_order_amount' })
  minOrderAmount!: number;

  @Column('integer', { name: 'total_quantity' })
  totalQuantity!: number;

  @Column('integer')
  issued!: number;

  @Column({ type: 'timestamptz', name: 'valid_from', precision: 3 })
  validFrom!: Date;

  @Column({ type: 'timestamptz', name: 'valid_until', precision: 3 })
  validUntil!: Date;
}

/** The columns of a coupon for statements that are written by hand. */
export const COUPON_COLUMNS = `
  coupon.id, coupon.name, coupon.discount_type AS "discountType", coupon.discount_value AS "discountValue",
  coupon.max_discount_amount AS "maxDiscountAmount", coupon.min_order_amount AS "minOrderAmount",
  coupon.total_quantity AS "totalQuantity", coupon.issued,
  coupon.valid_from AS "validFrom", coupon.valid_until AS "validUntil"`;

export function termsOf(row: CouponRow): CouponTerms {
  const { id, name, discountType, discountValue, maxDiscountAmount, minOrderAmount } = row;
  const { totalQuantity, validFrom, validUntil } = row;
  const cap = maxDiscountAmount === null ? null : Money.of(maxDiscountAmount);
  const discount = new Discount(discountType, discountValue, cap);
  return { id, name, discount, minOrderAmount: Money.of(minOrderAmount), totalQuantity, validFrom, validUntil };
}
