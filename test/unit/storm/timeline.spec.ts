import { Timeline } from '../../storm/checkers/timeline';

describe('a timeline', () => {
  const timeline = new Timeline(
    [
      { at: 20, value: 2 },
      { at: 10, value: 5 },
      { at: 30, value: 1 },
    ],
    (a, b) => a + b,
    0,
  );

  it.each([
    [0, 0, 8],
    [10, 0, 8],
    [11, 5, 3],
    [20, 5, 3],
    [30, 7, 1],
    [31, 8, 0],
  ])('at %i has %i before and %i from then on', (moment, before, after) => {
    expect(timeline.until(moment)).toBe(before);
    expect(timeline.since(moment)).toBe(after);
  });
});
