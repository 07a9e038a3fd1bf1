import { readOptions } from '../../bench/bench-options';
import { readGrowthOptions } from '../../bench/growth/growth-options';
import { readOverloadOptions } from '../../bench/overload/overload-options';
import { roundOf } from '../../bench/plan';
import { optionsOf } from './rows';

describe('the plan of a round', () => {
  it('measures every contender, each round beginning with another one', () => {
    const options = optionsOf('--only', 'charge', '--callers', '8');

    const orders = [0, 1, 5].map((round) => roundOf(options, round).map(({ contender }) => contender));

    expect(orders).toEqual([
      ['shop', 'a', 'a2', 'b', 'c'],
      ['a', 'a2', 'b', 'c', 'shop'],
      ['shop', 'a', 'a2', 'b', 'c'],
    ]);
  });

  it('adds the callers of a goal to a full run, and to no other', () => {
    const callersOf = (...args: string[]) => [
      ...new Set(roundOf(optionsOf('--only', 'purchase', ...args), 0).map(({ callers }) => callers)),
    ];

    expect(callersOf()).toEqual([1, 8, 32, 64, 128, 256]);
    expect(callersOf('--callers', '1,64')).toEqual([1, 64]);
    expect(callersOf('--quick')).toEqual([1, 64]);
  });
});

describe('the options', () => {
  it.each([
    [['--rounds', '0'], '--rounds is 1 to 100, not "0".'],
    [['--rounds', '1.5'], '--rounds is a whole number, not "1.5".'],
    [['--callers', '8,many'], '--callers is 1 to 350, not "many".'],
    [['--seconds', '0'], '--seconds is 0.1 to 60, not "0".'],
    [['--only', 'refund'], /^--only is one of: page, .*, not "refund"\.$/],
  ])('that are wrong say what is expected: %j', (args, complaint) => {
    expect(() => readOptions(args)).toThrow(complaint);
  });
});

describe('the options of the other benches', () => {
  it.each(['callers', 'connections'])('have no half %s', (name) => {
    expect(() => readOverloadOptions([`--${name}`, '1.5'])).toThrow(`--${name} is a whole number, not "1.5".`);
  });

  it('have groups of digits in the orders, and multiples only', () => {
    expect(readGrowthOptions(['--orders', '10_000,20'])).toMatchObject({ sizes: [10_000, 20] });
    expect(() => readGrowthOptions(['--orders', '30'])).toThrow('--orders is a multiple of 20, not "30".');
  });
});

describe('the time of a run', () => {
  it('is limited, unless the rounds were asked for', () => {
    expect([optionsOf().within, optionsOf('--quick').within, optionsOf('--rounds', '9').within]).toEqual([
      1_500,
      95,
      Number.POSITIVE_INFINITY,
    ]);
  });
});
