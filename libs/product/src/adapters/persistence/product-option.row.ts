import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { ProductRow } from './product.row';

@Entity('product_option')
export class ProductOptionRow {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'product_id' })
  productId!: string;

  @ManyToOne(() => ProductRow)
  @JoinColumn({ name: 'product_id' })
  product!: ProductRow;

  @Column('text')
  name!: string;

  @Column('bigint')
  price!: number;

  @Column('integer', { name: 'on_hand' })
  onHand!: number;

  @Column('integer')
  reserved!: number;
}
