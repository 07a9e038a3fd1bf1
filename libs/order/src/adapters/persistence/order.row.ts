import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { OrderStatus } from '../../domain/order';

@Entity('orders')
export class OrderRow {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text', { name: 'user_id' })
  userId!: string;

  @Column('text')
  status!: OrderStatus;

  @Column('uuid', { name: 'coupon_id', nullable: true })
  couponId!: string | null;

  @Column('bigint')
  subtotal!: number;

  @Column('bigint')
  discount!: number;

  @Column('bigint')
  total!: number;

  @Column('timestamptz', { name: 'placed_at' })
  placedAt!: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  @Column('timestamptz', { name: 'paid_at', nullable: true })
  paidAt!: Date | null;

  @Column('uuid', { name: 'payment_id', nullable: true })
  paymentId!: string | null;
}
