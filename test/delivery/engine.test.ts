import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backoffMs } from '../../app/delivery/engine/backoff.ts';
import { laneOf } from '../../app/delivery/engine/lane-of.ts';
import { countForRequest } from '../../app/delivery/engine/take-request.ts';

describe('backoffMs', () => {
  const settings = { baseMs: 100, capMs: 1000 };

  it('doubles with each attempt, up to the cap', () => {
    expect([1, 2, 3, 4, 5, 60].map((attempt) => backoffMs(settings, attempt, 0, 1))).toEqual([
      100, 200, 400, 800, 1000, 1000,
    ]);
  });

  it('is a random share, never less than what the server asked for', () => {
    expect(backoffMs(settings, 3, 0, 0.5)).toBe(200);
    expect(backoffMs(settings, 3, 0, 0)).toBe(0);
    expect(backoffMs(settings, 3, 5000, 0.5)).toBe(5000);
  });

  it('is finite after any number of attempts', () => {
    expect(backoffMs(settings, 5000, 0, 1)).toBe(1000);
  });
});

describe('laneOf', () => {
  it('is the same lane for the same person, one of those there are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 16 }), (key, lanes) => {
        const lane = laneOf(key, lanes);
        return Number.isInteger(lane) && lane >= 0 && lane < lanes && lane === laneOf(key, lanes);
      }),
    );
  });

  it('spreads people over the lanes', () => {
    const counts = new Array<number>(6).fill(0);
    for (let person = 0; person < 6000; person += 1) {
      const lane = laneOf(`user-${person}`, 6);
      counts[lane] = (counts[lane] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});

describe('countForRequest', () => {
  const limits = { items: 3, bytes: 100 };
  const item = (bytes: number, alone = false): { bytes: number; alone: boolean } => ({ bytes, alone });

  it.each([
    [[], 0],
    [[item(10)], 1],
    [[item(10), item(10), item(10), item(10)], 3],
    [[item(60), item(38)], 2],
    [[item(60), item(39)], 1],
    [[item(500), item(1)], 1],
    [[item(1, true), item(1)], 1],
    [[item(1), item(1, true), item(1)], 1],
  ])('of %j takes %d', (waiting, count) => {
    expect(countForRequest(waiting, limits)).toBe(count);
  });
});
