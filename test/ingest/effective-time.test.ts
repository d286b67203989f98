import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { effectiveTime } from '../../app/ingest/effective-time.ts';
import { stringifyDeep } from '../../app/ingest/stringify-deep.ts';

const T = 1_767_225_600_000;

describe('effectiveTime', () => {
  it.each([
    ['the clock is right', T - 500, T, T, T - 500],
    ['the clock is an hour ahead', T + 3_600_000, T + 3_600_500, T, T - 500],
    ['the clock is an hour behind', T - 3_600_000, T - 3_599_500, T, T - 500],
    ['sentAt is missing', T - 500, undefined, T, T - 500],
    ['sentAt is nonsense', T - 500, 'x', T, T - 500],
    ['the time is missing', undefined, T, T, T],
    ['the time is nonsense', 'x', T, T, T],
    ['the time is after sentAt', T + 500, T, T, T],
    ['the time is later than now', T + 500, undefined, T, T],
  ])('when %s', (_what, timestamp, sentAt, receivedAt, expected) => {
    expect(effectiveTime({ timestamp, sentAt, receivedAt })).toBe(expected);
  });

  it('is from 1970 to the time of receipt, whatever comes', () => {
    const any = fc.oneof(fc.anything(), fc.integer(), fc.date().map(String), fc.double());
    fc.assert(
      fc.property(any, any, (timestamp, sentAt) => {
        const ms = effectiveTime({ timestamp, sentAt, receivedAt: T });
        return ms >= 0 && ms <= T;
      }),
    );
  });
});

describe('stringifyDeep', () => {
  it('writes what JSON.stringify does', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => stringifyDeep(value) === JSON.stringify(value)));
  });
});
