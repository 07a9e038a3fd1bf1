import { languageOf } from '../../../libs/platform/src/http/language';

describe('the language of an answer', () => {
  it.each([
    [undefined, 'ko'],
    ['', 'ko'],
    ['*', 'ko'],
    ['ko-KR,ko;q=0.9,en;q=0.8', 'ko'],
    ['fr', 'ko'],
    ['en;q=0', 'ko'],
    ['en;q=0.5,ko;q=0.5', 'ko'],
    ['en;q=nonsense', 'ko'],
    ['en', 'en'],
    ['en-US,en;q=0.9,ko;q=0.8', 'en'],
    ['ko;q=0.3, EN-GB ; q=0.7', 'en'],
    ['fr, en;q=0.5', 'en'],
    ['en, *;q=0.5', 'en'],
    ['ko;q=0.1, ko-KR, en;q=0.5', 'ko'],
    ['en;q=0.5, en-US, ko;q=0.8', 'en'],
  ])('for %p is %s', (header, language) => {
    expect(languageOf(header)).toBe(language);
  });
});
