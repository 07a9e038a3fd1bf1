import { readJson, UnreadableJson } from '../../../libs/platform/src/http/json-text';

const nested = (depth: number): string => `${`{"a":`.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`;

describe('reading a JSON object', () => {
  it.each([
    ['{}', {}],
    [' {"amount": 1e3, "note": "가😀\\n\\"x\\""} ', { amount: 1_000, note: '가😀\n"x"' }],
    ['{"a":"x","b":{"a":"x"},"c":[{"a":1},{"a":2}]}', { a: 'x', b: { a: 'x' }, c: [{ a: 1 }, { a: 2 }] }],
    ['{"a":"\\ud83d\\ude00"}', { a: '😀' }],
    ['{"text":"{\\"a\\":1,\\"a\\":2} [[[[[[[[["}', { text: '{"a":1,"a":2} [[[[[[[[[' }],
  ])('takes %s', (text, value) => {
    expect(readJson(text)).toEqual(value);
  });

  it('takes 8 levels and not 9', () => {
    expect(readJson(nested(8))).toBeDefined();
    expect(() => readJson(nested(9))).toThrow(/nested deeper/);
    expect(() => readJson('['.repeat(2_000))).toThrow(/nested deeper/);
  });

  it.each([
    ['a name twice', '{"amount":1,"amount":999999}', /twice/],
    ['a name twice, once escaped', '{"amount":1,"\\u0061mount":999999}', /twice/],
    ['a name twice further in', '{"lines":[{"a":1 , "a" : 2}]}', /twice/],
    ['__proto__', '{"__proto__":{"polluted":1}}', /not allowed/],
    ['__proto__, escaped', '{"__pro\\u0074o__":{"polluted":1}}', /not allowed/],
    ['constructor.prototype', '{"constructor":{"prototype":{"polluted":1}}}', /not allowed/],
    ['NUL', '{"a":"x\\u0000"}', /surrogate/],
    ['half of a surrogate pair', '{"a":"\\ud83d"}', /surrogate/],
    ['half of a surrogate pair in a name', '{"\\udc00":1}', /surrogate/],
    ['nothing', '', /not a JSON/],
    ['null', 'null', /not a JSON/],
    ['a text', '"x"', /not a JSON/],
    ['a list', '[]', /not a JSON/],
    ['half an object', '{"amount":1', /not a JSON/],
    ['half a text', '{"amount', /not a JSON/],
    ['NaN', '{"amount":NaN}', /not a JSON/],
    ['a bad escape', '{"a":"\\x"}', /not a JSON/],
    ['too much', '{} {}', /not a JSON/],
  ])('refuses %s', (_, text, reason) => {
    expect(() => readJson(text)).toThrow(UnreadableJson);
    expect(() => readJson(text)).toThrow(reason);
  });
});
