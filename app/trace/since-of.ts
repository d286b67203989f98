import { EVENT_WINDOW_DAYS } from '../contract/warehouse.ts';

const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const AGE = /^(\d{1,6})([mhd])$/;
const OLDEST_MS = EVENT_WINDOW_DAYS.past * 86_400_000;

/**
 * The time of an age such as `24h`, or of an RFC 3339 time, in milliseconds since 1970. At most as long ago as the warehouse
 * takes rows.
 *
 * @param now milliseconds since 1970
 * @throws RangeError where it is none, in words for the user
 * @example sinceOf('24h', Date.now())
 */
export const sinceOf = (text: string, now: number): number => {
  const [, count, unit = ''] = AGE.exec(text) ?? [];
  const since = count === undefined ? Date.parse(text) : now - Number(count) * (UNITS_MS[unit] ?? 0);
  if (Number.isNaN(since)) {
    throw new RangeError(
      'since must be an age such as 24h (m, h, d), or a time such as 2026-11-24T08:00:00Z',
    );
  }
  if (since >= now) throw new RangeError('since must be in the past');
  if (since >= now - OLDEST_MS) return since;
  throw new RangeError(
    `since may be ${EVENT_WINDOW_DAYS.past}d ago at most: the warehouse takes no older rows`,
  );
};
