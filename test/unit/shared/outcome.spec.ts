import { attempt, DomainException, granted, settle } from '@app/shared';

class SoldOutException extends DomainException {
  constructor() {
    super('conflict', 'SOLD_OUT', { ko: '품절되었습니다', en: 'Sold out' }, { left: 0 });
  }
}

const refuse = (): never => {
  throw new SoldOutException();
};

describe('deciding one command of a batch', () => {
  it('ends with what was asked for', () => {
    expect(attempt(() => 7)).toEqual({ value: 7 });
  });

  it('ends with the refusal when a rule says no', () => {
    expect(attempt(refuse)).toEqual({ refusal: expect.any(SoldOutException) });
  });

  it.each([new Error('a bug'), new TypeError('another'), 'not even an error'])(
    'fails the whole batch for anything that is not a rule: %p',
    (failure) => {
      const broken = (): never => {
        throw failure;
      };
      expect.assertions(1);
      try {
        attempt(broken);
      } catch (error) {
        expect(error).toBe(failure);
      }
    },
  );

  it('settles as the value or as the refusal thrown', () => {
    expect(settle(attempt(() => 'done'))).toBe('done');
    expect(() => settle(attempt(refuse))).toThrow(SoldOutException);
  });

  it('takes an absent value for a value, not for a refusal', () => {
    expect(settle(attempt(() => undefined))).toBeUndefined();
    expect(granted(attempt(() => undefined))).toEqual([undefined]);
  });

  it('leaves the granted values, in their order, of a batch', () => {
    const outcomes = [attempt(() => 1), attempt<number>(refuse), attempt(() => 3)];

    expect(outcomes.flatMap(granted)).toEqual([1, 3]);
  });
});

describe('a refusal', () => {
  it('says what is wrong by kind, code, both sentences and facts to act on', () => {
    expect(new SoldOutException()).toMatchObject({
      kind: 'conflict',
      code: 'SOLD_OUT',
      sentence: { ko: '품절되었습니다', en: 'Sold out' },
      details: { left: 0 },
    });
  });

  it('reads in a log as its class and the Korean sentence', () => {
    expect(String(new SoldOutException())).toBe('SoldOutException: 품절되었습니다');
    expect(new SoldOutException()).toBeInstanceOf(Error);
  });

  it('has no facts unless it is given some', () => {
    class EmptyException extends DomainException {}
    expect(new EmptyException('invalid', 'EMPTY', { ko: '비었습니다', en: 'Empty' }).details).toEqual({});
  });
});
