import { callOf, found, goodDay } from './good-day';
import { Story } from './story';
import type { Tale } from './tale';

/** Operation 1 to 3 are charges of 1,000; somebody reads the balance between the second and the third. */
function readBetween(balance: number): Tale {
  const story = new Story();
  story.charge('kim', 1_000);
  story.charge('kim', 1_000);
  story.read('read balance', 'kim', '/balance', { balance });
  story.charge('kim', 1_000);
  return story.tale;
}

describe('a balance that is read', () => {
  it.each([
    ['the present', 2_000, []],
    ['the past', 1_000, ['reads']],
    ['the future', 3_000, ['reads']],
    ['no moment at all', 1_500, ['reads']],
  ])('is of %s', (_, balance, checkers) => {
    expect(Object.keys(found(readBetween(balance)))).toEqual(checkers);
  });

  it('says in the problem what it could have been', () => {
    expect(found(readBetween(1_000)).reads).toEqual([
      'operation 3 (read balance, kim, /balance) saw on A a balance of 1000, held 2000 (numbers 2 to 2)',
    ]);
  });

  it.each([1_000, 2_000, 3_000])('may be any that was held meanwhile, as %i', (balance) => {
    const tale = readBetween(balance);
    Object.assign(callOf(tale, 'read balance'), { began: 35, ended: 75 });

    expect(found(tale)).toEqual({});
  });

  it.each([
    [0, []],
    [1, ['reads']],
  ])('of somebody without a ledger is 0, not %i', (balance, checkers) => {
    const story = new Story();
    story.read('read balance', 'kim', '/balance', { balance });

    expect(Object.keys(found(story.tale))).toEqual(checkers);
  });

  it('is not 0 any more once something was charged', () => {
    expect(Object.keys(found(readBetween(0)))).toEqual(['reads']);
  });
});

describe('a page of the ledger', () => {
  interface Page {
    items: { id: string; type: string; amount: number; balanceAfter: number }[];
    nextCursor: string | null;
  }

  function pageThat(lie: (page: Page, tale: Tale) => void): Tale {
    const tale = goodDay();
    const call = callOf(tale, 'read transactions');
    const page = structuredClone(call.answer) as Page;
    call.answer = page;
    lie(page, tale);
    return tale;
  }

  it.each<[string, (page: Page, tale: Tale) => void, RegExp]>([
    ['leaves one out', ({ items }) => items.splice(1, 1), /saw on A transaction 3 and then 1/],
    ['is oldest first', ({ items }) => items.reverse(), /transaction 1 and then 2/],
    ['ends too early', ({ items }) => items.pop(), /an end of the list at transaction 2/],
    ['begins too late', ({ items }) => items.shift(), /2 as the newest transaction, not 3 to 3/],
    ['is empty', ({ items }) => items.splice(0), /0 as the newest transaction/],
    ['tells another amount', ({ items }) => Object.assign(items[0]!, { amount: 1 }), /transaction 3 as/],
    ['tells another balance', ({ items }) => Object.assign(items[0]!, { balanceAfter: 1 }), /transaction 3 as/],
    ['tells another kind', ({ items }) => Object.assign(items[0]!, { type: 'CHARGE' }), /transaction 3 as/],
    ["shows somebody else's", ({ items }) => Object.assign(items[0]!, { id: 'charge-2' }), /not the user's/],
    ['is none', (_, tale) => Object.assign(callOf(tale, 'read transactions'), { answer: 'hello' }), /no page/],
  ])('is found out when it %s', (_, lie, problem) => {
    expect(found(pageThat(lie))).toEqual({ reads: [expect.stringMatching(problem)] });
  });

  it('is found out when its balances do not add up, even though the ledger agrees', () => {
    const tale = pageThat(({ items }) => Object.assign(items[1]!, { balanceAfter: 7_001 }));
    tale.books.transactions.find(({ type }) => type === 'PAYMENT')!.balanceAfter = 7_001;

    expect(found(tale).reads?.[0]).toMatch(/do not add up/);
  });

  it('is found out when it shows what nobody had begun', () => {
    const tale = pageThat(() => undefined);
    const { began } = callOf(tale, 'refund');
    Object.assign(callOf(tale, 'read transactions'), { began: began - 2, ended: began - 1 });

    expect(found(tale)).toEqual({ reads: [expect.stringMatching(/3 as the newest transaction, not 2 to 2/)] });
  });

  it('may be a later one, which begins anywhere', () => {
    const tale = pageThat(({ items }) => items.shift());
    Object.assign(callOf(tale, 'read transactions'), { path: '/balance/transactions?cursor=abc' });

    expect(found(tale)).toEqual({});
  });

  it('may go on after its last', () => {
    expect(found(pageThat((page) => Object.assign(page, { items: page.items.slice(0, 2), nextCursor: 'x' })))).toEqual(
      {},
    );
  });
});
