const MOST = 256;
const known = new Map<number, string>();

/**
 * A time as RFC 3339 in UTC, to the millisecond. The latest are kept: under load many lines and rows are of the same time.
 *
 * @param ms milliseconds since 1970
 * @throws RangeError outside the years that a Date can hold
 * @example isoTime(0) // '1970-01-01T00:00:00.000Z'
 */
export const isoTime = (ms: number): string => {
  const found = known.get(ms);
  if (found !== undefined) return found;
  if (known.size >= MOST) known.clear();
  const text = new Date(ms).toISOString();
  known.set(ms, text);
  return text;
};
