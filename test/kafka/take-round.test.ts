import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { takeRound, type Waiting } from '../../app/kafka/take-round.ts';

interface Entry extends Waiting {
  readonly at: number;
}

const entries = fc
  .array(
    fc.record({
      key: fc.constantFrom('a', 'b', 'c', null),
      topic: fc.constantFrom('identify', 'track'),
      bytes: fc.integer({ min: 1, max: 50 }),
      live: fc.boolean(),
    }),
    { maxLength: 40 },
  )
  .map((all) =>
    all.map(
      ({ key, topic, bytes, live }, at): Entry => ({ at, bytes, live, record: { topic, key, value: null } }),
    ),
  );

const rounds = (waiting: readonly Entry[], maxBytes: number): readonly (readonly Entry[])[] => {
  const all: (readonly Entry[])[] = [];
  for (let left = waiting; left.length > 0; ) {
    const { now, later } = takeRound(left, maxBytes);
    if (now.length > 0) all.push(now);
    if (later.length >= left.length) throw new Error('no progress');
    left = later;
  }
  return all;
};

describe('takeRound', () => {
  it('loses no live record, takes no dead one, and keeps the order of each person over all topics', () => {
    fc.assert(
      fc.property(entries, fc.integer({ min: 1, max: 200 }), (waiting, maxBytes) => {
        const taken = rounds(waiting, maxBytes).flat();
        const live = waiting.filter((entry) => entry.live);
        expect(new Set(taken)).toEqual(new Set(live));
        expect(taken).toHaveLength(live.length);
        for (const key of ['a', 'b', 'c']) {
          const of = taken.filter((entry) => entry.record.key === key).map((entry) => entry.at);
          expect(of).toEqual(of.toSorted((one, other) => one - other));
        }
      }),
      { numRuns: 500, seed: 7 },
    );
  });

  it('writes one topic per person in a round, and stays below the bytes unless one record alone exceeds them', () => {
    fc.assert(
      fc.property(entries, fc.integer({ min: 1, max: 200 }), (waiting, maxBytes) => {
        for (const round of rounds(waiting, maxBytes)) {
          const bytes = round.reduce((sum, entry) => sum + entry.bytes, 0);
          expect(round.length === 1 || bytes <= maxBytes).toBe(true);
          for (const key of ['a', 'b', 'c']) {
            const topics = round
              .filter((entry) => entry.record.key === key)
              .map(({ record }) => record.topic);
            expect(new Set(topics).size).toBeLessThanOrEqual(1);
          }
        }
      }),
      { numRuns: 500, seed: 8 },
    );
  });

  it('lets another person pass one who waits for a change of topic', () => {
    const entry = (key: string, topic: string, at: number): Entry => ({
      at,
      bytes: 1,
      live: true,
      record: { key, topic, value: null },
    });
    const waiting = [
      entry('a', 'identify', 0),
      entry('a', 'track', 1),
      entry('a', 'identify', 2),
      entry('b', 'track', 3),
    ];
    const { now, later } = takeRound(waiting);
    expect(now.map(({ at }) => at)).toEqual([0, 3]);
    expect(later.map(({ at }) => at)).toEqual([1, 2]);
  });
});
