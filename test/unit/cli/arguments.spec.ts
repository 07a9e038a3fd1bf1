import { readArguments } from '../../../apps/cli/src/arguments';

describe('readArguments', () => {
  it.each([
    [[], { name: 'help' }],
    [['help'], { name: 'help' }],
    [['import', '--help'], { name: 'help' }],
    [['demo'], { name: 'demo' }],
    [['import', 'a.csv'], { name: 'import', file: 'a.csv', range: {} }],
    [
      ['import', '--from', '2014-01-01', 'a.csv', '--to=2014-01-01', '--limit', '20'],
      { name: 'import', file: 'a.csv', range: { from: '2014-01-01', to: '2014-01-01', limit: 20 } },
    ],
  ])('reads %j', (args, command) => {
    expect(readArguments(args)).toEqual(command);
  });

  it.each([
    [['sell'], 'There is no command "sell"'],
    [['demo', 'twice'], 'The command demo takes nothing more, not "twice"'],
    [['demo', '--limit', '3'], 'The command demo has no option --limit'],
    [['import'], 'The command import needs a FILE'],
    [['import', 'a.csv', 'b.csv'], 'The command import takes one FILE, not also "b.csv"'],
    [['import', 'a.csv', '--until', '2014-01-01'], "Unknown option '--until'"],
    [['import', 'a.csv', '--from'], "Option '--from <value>' argument missing"],
    [['import', 'a.csv', '--from', '2014-13-01'], '--from must be a day like 2014-01-31, not "2014-13-01"'],
    [['import', 'a.csv', '--to', 'today'], '--to must be a day like 2014-01-31, not "today"'],
    [['import', 'a.csv', '--from', '2014-02-01', '--to', '2014-01-31'], '--from 2014-02-01 is after --to 2014-01-31'],
    [['import', 'a.csv', '--limit', '0'], '--limit must be an integer of at least 1, not "0"'],
    [['import', 'a.csv', '--limit', '1.5'], '--limit must be an integer of at least 1, not "1.5"'],
  ])('refuses %j in one sentence with the way out', (args, sentence) => {
    expect(() => readArguments(args)).toThrow(new Error(`${sentence}. Run: npm run shop -- help`));
  });
});
