import type { Column, ColumnType } from '../contract/warehouse.ts';

/** Levels of objects and arrays in a column that holds JSON text: more would overflow the stack of JSON.stringify. */
const JSON_DEPTH = 64;
const SAFE_INTEGER = /^-?\d{1,16}$/;
const NUL = '\u0000';
const REPLACEMENT = '\ufffd';

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isDeeperThan = (value: unknown, most: number): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  if (most === 0) return true;
  for (const child of Object.values(value)) if (isDeeperThan(child, most - 1)) return true;
  return false;
};

/**
 * Half of a surrogate pair is no Unicode and fails the write. Whether BigQuery takes U+0000 in a streamed STRING is not
 * documented (its CSV loader refuses it), so it is replaced as well: `raw` has both, escaped as JSON writes them.
 */
const cleanText = (text: string): string => {
  const wellFormed = text.toWellFormed();
  return wellFormed.includes(NUL) ? wellFormed.replaceAll(NUL, REPLACEMENT) : wellFormed;
};

const asText = (value: unknown): string | undefined => {
  if (typeof value === 'string') return cleanText(value);
  return Number.isSafeInteger(value) ? String(value) : undefined;
};

/** Beyond 2^53 JSON.parse has already rounded: such a number is left to `raw`. */
const asInteger = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && SAFE_INTEGER.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) ? (number as number) : undefined;
};

const asBoolean = (value: unknown): boolean | undefined => {
  if (value === 'true') return true;
  if (value === 'false') return false;
  return typeof value === 'boolean' ? value : undefined;
};

const READERS: Readonly<Record<ColumnType, (value: unknown) => string | number | boolean | undefined>> = {
  STRING: asText,
  INT64: asInteger,
  BOOL: asBoolean,
  // Times are the receiver's to make: RFC 3339 in UTC.
  TIMESTAMP: () => undefined,
};

/**
 * A JSON value as a column holds it; undefined (null in the table) where it does not fit, for a failing write would stop the
 * stream. An integer given as text and `"true"` fit; a number fits a text column.
 *
 * @example columnValue({ type: 'INT64', about: '' }, '5') // 5
 */
export const columnValue = (column: Column, value: unknown): unknown => {
  if (column.mode === 'REPEATED') {
    if (!Array.isArray(value)) return undefined;
    const fitting = value.map(READERS[column.type]).filter((element) => element !== undefined);
    return fitting.length > 0 ? fitting : undefined;
  }
  if (column.json && typeof value === 'object' && value !== null) {
    return isDeeperThan(value, JSON_DEPTH) ? undefined : JSON.stringify(value);
  }
  return READERS[column.type](value);
};
