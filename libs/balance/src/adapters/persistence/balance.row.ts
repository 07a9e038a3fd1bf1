import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('balance')
export class BalanceRow {
  @PrimaryColumn('text', { name: 'user_id' })
  userId!: string;

  @Column('bigint')
  amount!: number;

  @Column('integer', { name: 'last_sequence' })
  lastSequence!: number;
}
