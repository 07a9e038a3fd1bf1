import type { Random } from '../random';

/** Asks the shop as an admin and gives the answer; throws unless it is 2xx. */
export type Admin = <T>(method: string, path: string, body: unknown) => Promise<T>;

interface Listed {
  readonly id: string;
  readonly options: readonly { readonly id: string }[];
}

/** Something on sale. */
export interface Goods {
  readonly productId: string;
  readonly optionId: string;
}

/** What belongs to somebody: an order or a payment. */
export interface Owned {
  readonly id: string;
  readonly userId: string;
}

const USERS = 50;
const HOT_STOCKS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];
const PLENTY = 1_000_000;
const SHELVES = 20;
const DAY = 86_400_000;

/** Tries of one rush coupon until the next one is launched, and how many of it there are at least and at most. */
const RUSH_TRIES = 90;
const RUSH_QUANTITY = [10, 45] as const;

/** What all clients of a storm share: who there is, what is on sale, and what they have made so far. */
export class Stage {
  readonly users = Array.from({ length: USERS }, (_, i) => `user-${i}`);
  readonly orders = new Recent<Owned>();
  readonly payments = new Recent<Owned>();
  private newcomers = 0;
  private tries = 0;

  private constructor(
    /** Few of each: everybody wants them. */
    readonly hotGoods: readonly Goods[],
    /** More than can be sold. */
    readonly goods: readonly Goods[],
    /** One for everybody who asks. */
    readonly coupon: string,
    private readonly rushCoupons: readonly string[],
  ) {}

  /** Fills the empty shop; there are enough rush coupons for that many seconds. */
  static async set(admin: Admin, random: Random, seconds: number): Promise<Stage> {
    const product = async (name: string, stock: number, price: number): Promise<Goods> => {
      const body = { name, options: [{ name: '기본', price, stock }] };
      const { id, options } = await admin<Listed>('POST', '/admin/products', body);
      return { productId: id, optionId: options[0]?.id ?? '' };
    };
    const hotGoods: Goods[] = [];
    for (const stock of HOT_STOCKS) hotGoods.push(await product(`한정 ${stock}개`, stock, random.between(1, 9) * 500));
    const goods: Goods[] = [];
    for (let i = 0; i < SHELVES; i++) goods.push(await product(`상품 ${i}`, PLENTY, random.between(1, 9) * 1_000));
    const coupon = await launch(admin, PLENTY);
    const rushCoupons: string[] = [];
    // A rush takes two seconds or more.
    for (let i = 0; i < 10 + seconds / 2; i++) rushCoupons.push(await launch(admin, random.between(...RUSH_QUANTITY)));
    return new Stage(hotGoods, goods, coupon, rushCoupons);
  }

  /** A user whom the shop has never seen. */
  newcomer(): string {
    return `newcomer-${++this.newcomers}`;
  }

  /** The coupon that everybody rushes for at the moment. */
  rushCoupon(): string {
    const index = Math.min(Math.floor(this.tries++ / RUSH_TRIES), this.rushCoupons.length - 1);
    return this.rushCoupons[index] as string;
  }
}

/** The newest of what there is: enough for others to meddle with. */
export class Recent<T> {
  private readonly values: T[] = [];

  constructor(private readonly most = 300) {}

  add(value: T): void {
    this.values.push(value);
    if (this.values.length > this.most) this.values.shift();
  }

  pick(random: Random): T | undefined {
    return random.pick(this.values);
  }
}

async function launch(admin: Admin, totalQuantity: number): Promise<string> {
  const now = Date.now();
  const { id } = await admin<{ id: string }>('POST', '/admin/coupons', {
    name: '선착순',
    discountType: 'PERCENT',
    discountValue: 10,
    maxDiscountAmount: 2_000,
    minOrderAmount: 0,
    totalQuantity,
    validFrom: new Date(now - DAY).toISOString(),
    validUntil: new Date(now + DAY).toISOString(),
  });
  return id;
}
