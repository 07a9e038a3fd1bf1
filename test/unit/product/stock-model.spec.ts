import { attempt, Money } from '@app/shared';
import fc from 'fast-check';
import type { StockMovement } from '../../../libs/product/src/domain/stock-movement';
import { StockedOption } from '../../../libs/product/src/domain/stocked-option';

const LIMIT = 10_000_000;
const at = new Date('2026-11-22T03:00:00.000Z');

type Kind = 'reserve' | 'release' | 'sell' | 'takeBack' | 'restock';
type Step = readonly [kind: Kind, quantity: number];

/** What the rules keep of an option. */
interface Shelf {
  readonly onHand: number;
  readonly reserved: number;
}

/** Small quantities, so that a shelf of a few runs out often; and deliveries near the limit. */
const steps = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.tuple(fc.constantFrom<Kind[]>('reserve', 'release', 'sell', 'takeBack'), small(1)) },
    { weight: 2, arbitrary: fc.tuple(fc.constant<Kind>('restock'), small(-12)) },
    { weight: 1, arbitrary: fc.tuple(fc.constant<Kind>('restock'), fc.integer({ min: LIMIT - 20, max: LIMIT + 1 })) },
  ),
  { maxLength: 60 },
);

function small(min: number) {
  return fc.integer({ min, max: 12 });
}

/** What the rules say, on plain numbers: the shelf afterwards, or the code of the refusal. */
function expected({ onHand, reserved }: Shelf, [kind, quantity]: Step, onSale: boolean): Shelf | string {
  switch (kind) {
    case 'reserve':
      if (!onSale) return 'PRODUCT_NOT_ON_SALE';
      return onHand - reserved < quantity ? 'OUT_OF_STOCK' : { onHand, reserved: reserved + quantity };
    case 'release':
      return quantity > reserved ? 'bug' : { onHand, reserved: reserved - quantity };
    case 'sell':
      return quantity > reserved ? 'bug' : { onHand: onHand - quantity, reserved: reserved - quantity };
    case 'takeBack':
      return { onHand: onHand + quantity, reserved };
    case 'restock':
      if (onHand + quantity < reserved) return 'STOCK_BELOW_RESERVED';
      return quantity > 0 && onHand + quantity > LIMIT ? 'VALIDATION_FAILED' : { onHand: onHand + quantity, reserved };
  }
}

/** How it ended: the code of a refusal, or that it was taken for a bug. */
function outcomeOf(option: StockedOption, [kind, quantity]: Step): string {
  const entry = { movementId: 'movement', at };
  try {
    const outcome = attempt(() => {
      if (kind === 'sell' || kind === 'takeBack') option[kind](quantity, { ...entry, orderId: 'order' });
      else if (kind === 'restock') option.restock(quantity, entry);
      else option[kind](quantity);
    });
    return 'refusal' in outcome ? outcome.refusal.code : 'done';
  } catch {
    return 'bug';
  }
}

const start = fc
  .tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 9 }))
  .map(([free, reserved, tenth]) => ({ onHand: free + reserved, reserved, onSale: tenth > 0 }));

describe('any sequence of orders, payments, refunds and deliveries', () => {
  it('leaves on the shelf what the rules say, and a ledger that proves it', () => {
    fc.assert(
      fc.property(steps, start, (sequence, { onSale, ...first }) => {
        const option = stored(first, onSale);
        let shelf: Shelf = first;
        let sold = 0;
        for (const step of sequence) {
          if (step[0] === 'takeBack' && step[1] > sold) continue; // orders know what they were sold
          const after = expected(shelf, step, onSale);
          const outcome = outcomeOf(option, step);
          if (typeof after !== 'string') {
            if (step[0] === 'sell') sold += step[1];
            if (step[0] === 'takeBack') sold -= step[1];
            shelf = after;
          }
          expect({ step, outcome, ...shelfOf(option), problems: problemsOf(option, first, sold) }).toEqual({
            step,
            outcome: typeof after === 'string' ? after : 'done',
            ...shelf,
            problems: [],
          });
        }
      }),
      { numRuns: 500 },
    );
  });
});

function stored({ onHand, reserved }: Shelf, onSale: boolean): StockedOption {
  const label = { id: 'option', productId: 'product', productName: '무선 키보드', name: '적축' };
  return StockedOption.restore({ ...label, price: Money.of(129_000), onSale, onHand, reserved });
}

function shelfOf({ onHand, reserved }: StockedOption): Shelf {
  return { onHand, reserved };
}

/** 0 <= reserved <= on hand, and every unit that came or went has its line. */
function problemsOf(option: StockedOption, first: Shelf, sold: number): string[] {
  const { onHand, reserved, available, movements } = option;
  const total = (...kinds: StockMovement['kind'][]) =>
    movements.filter(({ kind }) => kinds.includes(kind)).reduce((sum, { quantity }) => sum + quantity, 0);
  const holds = {
    bounds: reserved >= 0 && reserved <= onHand && available === onHand - reserved,
    sum: first.onHand + total('SALE', 'RETURN', 'RESTOCK') === onHand,
    sales: total('SALE', 'RETURN') === 0 - sold,
    signs: movements.every(hasRightSign),
  };
  return Object.entries(holds).flatMap(([name, isTrue]) => (isTrue ? [] : [name]));
}

function hasRightSign({ kind, quantity }: StockMovement): boolean {
  if (kind === 'RESTOCK') return quantity !== 0;
  return kind === 'SALE' ? quantity < 0 : quantity > 0;
}
