let lastMs = Number.NaN;
let lastText = '';

/**
 * A time as RFC 3339 in UTC, to the millisecond. The last one is kept: under load many lines and rows are of the same millisecond.
 *
 * @param ms milliseconds since 1970
 * @throws RangeError outside the years that a Date can hold
 * @example isoTime(0) // '1970-01-01T00:00:00.000Z'
 */
export const isoTime = (ms: number): string => {
  if (ms !== lastMs) {
    lastText = new Date(ms).toISOString();
    lastMs = ms;
  }
  return lastText;
};
