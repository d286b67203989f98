const RFC_3339 = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;
const DIGITS = /^\d{1,16}(\.\d+)?$/;
/** Numbers below this are seconds: in milliseconds it is March 1973, in seconds the year 5138. */
const SECONDS_BELOW = 100_000_000_000;
const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

const fromNumber = (value: number): number => Math.trunc(value < SECONDS_BELOW ? value * 1000 : value);

const fromText = (text: string): number => {
  if (DIGITS.test(text)) return fromNumber(Number(text));
  if (!RFC_3339.test(text)) return Number.NaN;
  const hasZone = /(Z|[+-]\d{2}:?\d{2})$/i.test(text) || text.length === 10;
  return Date.parse(hasZone ? text : `${text}Z`);
};

/**
 * Reads a client's time: RFC 3339 (without a zone it is UTC), or a number of seconds or milliseconds since 1970.
 *
 * @returns milliseconds since 1970, or undefined when it is no time from 1970 to 9999
 * @example parseTime('2026-01-01T00:00:00Z') // 1767225600000
 * @example parseTime(1767225600) // 1767225600000
 */
export const parseTime = (value: unknown): number | undefined => {
  const ms =
    typeof value === 'number'
      ? fromNumber(value)
      : typeof value === 'string'
        ? fromText(value.trim())
        : Number.NaN;
  return ms >= 0 && ms <= LAST_MS ? ms : undefined;
};
