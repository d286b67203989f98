import { EVENT_WINDOW_DAYS } from '../contract/warehouse.ts';
import { TIME_FORM, timeOf } from '../runtime/time-of.ts';

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
  const since = timeOf(text, now);
  if (since === undefined) throw new RangeError(`since ${TIME_FORM}`);
  if (since >= now) throw new RangeError('since must be in the past');
  if (since >= now - OLDEST_MS) return since;
  throw new RangeError(
    `since may be ${EVENT_WINDOW_DAYS.past}d ago at most: the warehouse takes no older rows`,
  );
};
