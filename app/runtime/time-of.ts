const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const AGE = /^(\d{1,6})([mhd])$/;

/** What {@link timeOf} takes, in words for the user. */
export const TIME_FORM = 'must be an age such as 24h (m, h, d), or a time such as 2026-11-24T08:00:00Z';

/**
 * The time of an age such as `24h`, or of an RFC 3339 time, in milliseconds since 1970; undefined for what is neither.
 *
 * @param now milliseconds since 1970
 * @example timeOf('24h', Date.now())
 */
export const timeOf = (text: string, now: number): number | undefined => {
  const [, count, unit = ''] = AGE.exec(text) ?? [];
  const time = count === undefined ? Date.parse(text) : now - Number(count) * (UNITS_MS[unit] ?? 0);
  return Number.isNaN(time) ? undefined : time;
};
