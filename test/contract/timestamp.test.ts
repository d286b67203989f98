import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseTime } from '../../app/contract/schemas/timestamp.ts';

const NEW_YEAR = 1_767_225_600_000;

describe('parseTime', () => {
  it.each([
    ['2026-01-01T00:00:00Z', NEW_YEAR],
    ['2026-01-01T00:00:00.000Z', NEW_YEAR],
    ['2026-01-01T02:00:00+02:00', NEW_YEAR],
    ['2026-01-01 00:00:00', NEW_YEAR],
    ['2026-01-01T00:00:00', NEW_YEAR],
    ['2026-01-01', NEW_YEAR],
    ['2026-01-01T00:00:00.123456789Z', NEW_YEAR + 123],
    [' 2026-01-01T00:00:00Z ', NEW_YEAR],
    [1_767_225_600, NEW_YEAR],
    [1_767_225_600.5, NEW_YEAR + 500],
    [NEW_YEAR, NEW_YEAR],
    ['1767225600', NEW_YEAR],
    ['1767225600000', NEW_YEAR],
    [0, 0],
  ])('reads %j', (value, ms) => {
    expect(parseTime(value)).toBe(ms);
  });

  it.each([
    'yesterday',
    '',
    '2026-13-01T00:00:00Z',
    '2026-01-01T25:00:00Z',
    'Thu, 01 Jan 2026 00:00:00 GMT',
    '1969-12-31T23:59:59Z',
    '99999999999999999',
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1e300,
    null,
    undefined,
    true,
    {},
    [],
  ])('knows that %p is no time', (value) => {
    expect(parseTime(value)).toBeUndefined();
  });

  it('gives a time from 1970 to 9999 or undefined for anything', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string(), fc.double(), fc.date().map(String)), (value) => {
        const ms = parseTime(value);
        if (ms !== undefined) new Date(ms).toISOString();
        return ms === undefined || (Number.isInteger(ms) && ms >= 0);
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  it('reads what a date writes', () => {
    const date = fc.date({
      min: new Date(0),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    });
    fc.assert(fc.property(date, (at) => parseTime(at.toISOString()) === at.getTime()));
  });
});
