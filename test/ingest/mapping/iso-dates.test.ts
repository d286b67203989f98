import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isoSeconds, withDatesAsSeconds } from '../../../app/ingest/mapping/iso-dates.ts';

describe('a date in ISO 8601', () => {
  it.each([
    ['2026-01-01', 1_767_225_600],
    ['2026-01-01T00:00', 1_767_225_600],
    ['2026-01-01T00:00:00', 1_767_225_600],
    ['2026-01-01T00:00:00Z', 1_767_225_600],
    ['2026-01-01T00:00:00.9Z', 1_767_225_600],
    ['2026-01-01T00:00:00.123456789Z', 1_767_225_600],
    ['2026-01-01T00:00:00.12345678901234567890Z', 1_767_225_600],
    ['2026-01-01T01:00:00+01:00', 1_767_225_600],
    ['2025-12-31T18:30:00-0530', 1_767_225_600],
    ['2024-02-29', 1_709_164_800],
    ['1969-12-31', -86_400],
    ['1969-12-31T23:59:59.5Z', -1],
    ['0001-01-01T00:00:00Z', -62_135_596_800],
    ['0000-01-01', -62_167_219_200],
    ['9999-12-31T23:59:59Z', 253_402_300_799],
  ])('%s is %d seconds', (text, seconds) => {
    expect(isoSeconds(text)).toBe(seconds);
  });

  it.each([
    '2026-02-30',
    '2025-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-01-01T24:00:00Z',
    '2026-01-01T12:60:00Z',
    '2026-01-01T12:00:60Z',
    '2026-01-01T12:00:00+24:00',
    '2026-01-01T12:00:00+01:60',
    '10000-01-01',
    '+2026-01-01',
    '1767225600',
    '20260101',
    '2026-1-1',
    '2026-01-01 12:00:00',
    '2026-01-01T',
    '2026-01-01T12',
    '2026-01-01Z',
    'on 2026-01-01',
    '2026-01-01, noon',
    ' 2026-01-01',
    '2026-01-01\n',
    '2026-01-01T12:00:00.Z',
    '2026-01-01t12:00:00z',
    '',
  ])('is not %j', (text) => {
    expect(isoSeconds(text)).toBeUndefined();
  });

  it('is read as every other reader reads it', () => {
    const range = { min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true };
    fc.assert(
      fc.property(fc.date(range), (date) => {
        expect(isoSeconds(date.toISOString())).toBe(Math.floor(date.getTime() / 1000));
      }),
    );
  });
});

describe('attributes with dates', () => {
  it('become seconds at any depth of objects, but not in arrays, and not where they are ids', () => {
    const date = '2026-01-01';
    const seconds = 1_767_225_600;
    const given = {
      born: date,
      plan: { since: date, inner: { until: date, list: [date] } },
      list: [date, { at: date }],
      id: date,
      objectId: date,
      groupId: date,
      deliveryId: date,
      token: date,
      digits: '20260101',
      number: 20_260_101,
      nothing: null,
    };
    expect(withDatesAsSeconds(given)).toEqual({
      ...given,
      born: seconds,
      plan: { since: seconds, inner: { until: seconds, list: [date] } },
    });
    expect(given.born).toBe(date);
  });

  it('are left as they are where there is no date', () => {
    const given = { name: 'Ada', nested: { plan: 'pro' } };
    expect(withDatesAsSeconds(given)).toBe(given);
  });
});
