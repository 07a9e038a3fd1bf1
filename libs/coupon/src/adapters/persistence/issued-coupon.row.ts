import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { IssuedCouponStatus } from '../../domain/issued-coupon';
import { CouponRow } from './coupon.row';

@Entity('issued_coupon')
export class IssuedCouponRow {
  @PrimaryColumn('uuid', { name: 'coupon_id' })
  couponId!: string;

  @PrimaryColumn('text', { name: 'user_id' })
  userId!: string;

  @Column('integer')
  sequence!: number;

  @Column('text')
  status!: IssuedCouponStatus;

  @Column('uuid', { name: 'order_id', nullable: true })
  orderId!: string | null;

  @Column({ type: 'timestamptz', name: 'issued_at', precision: 3 })
  issuedAt!: Date;

  @ManyToOne(() => CouponRow)
  @JoinColumn({ name: 'coupon_id' })
  coupon!: CouponRow;
}
