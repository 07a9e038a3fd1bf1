import { growthOf, isFlat, type Minute } from '../../bench/endurance/endurance-report';

const minutes = (...memory: number[]): Minute[] => memory.map((bytes) => ({ answered: 1, memory: bytes }));

describe('memory', () => {
  it('is flat when it grows only while the shop gets warm', () => {
    expect(growthOf(minutes(100, 150, 190, 200, 210, 200, 205, 199, 200))).toBe(1);
    expect(isFlat(minutes(100, 150, 190, 200, 210, 200, 205, 199, 200))).toBe(true);
  });

  it('is not flat when it goes on growing', () => {
    expect(isFlat(minutes(100, 110, 120, 130, 140, 150, 160, 170, 180))).toBe(false);
  });

  it('is not held to one minute in which the collector was late', () => {
    expect(isFlat(minutes(100, 150, 190, 200, 210, 200, 205, 400, 200))).toBe(true);
  });
});
