import { hash } from 'node:crypto';
import { LIMITS } from '../contract/limits.ts';

type Row = Readonly<Record<string, unknown>>;

/** No row of a text of so many characters is too large: escaping and numbers written out make at most 7 bytes of one. */
const SMALL_CHARACTERS = 400_000;

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');

/** A character is at least a byte: so most of what is too large is known without writing it. */
const isAbove = (row: Row, bytes: number): boolean => {
  let least = 0;
  for (const value of Object.values(row)) least += typeof value === 'string' ? value.length : 0;
  return least > bytes || Buffer.byteLength(JSON.stringify(row)) > bytes;
};

/** What stands in the place of a value that is left out: how long it was, in UTF-8, and its SHA-256. */
const omitted = (value: unknown): unknown => {
  const text = textOf(value);
  const note = JSON.stringify({ omitted: { bytes: Buffer.byteLength(text), sha256: hash('sha256', text) } });
  return Array.isArray(value) ? [note] : note;
};

/**
 * Makes a row small enough for a message: `raw` is left out first, since the columns have most of it, then the largest columns as far as
 * needed. In their place stands `{"omitted":{"bytes":…,"sha256":"…"}}`, in a repeated column as its only element.
 *
 * @param characters length of the text that the row was made of
 * @param mostBytes of its JSON in UTF-8. @default 9,900,000
 * @returns the row itself where it is small enough
 * @example fitRow({ event_id: 'e1', raw: 'x'.repeat(9_900_000) }, 9_900_000).raw // '{"omitted":{"bytes":9900000,"sha256":"…"}}'
 */
export const fitRow = <R extends Row>(row: R, characters: number, mostBytes: number = LIMITS.rowBytes): R => {
  if (characters <= SMALL_CHARACTERS) return row;
  const { raw: _raw, ...columns } = row;
  const lengths = Object.entries(columns).map(([name, value]) => ({ name, length: textOf(value).length }));
  const largest = lengths.toSorted((a, b) => b.length - a.length).map(({ name }) => name);
  const fitting: Record<string, unknown> = { ...row };
  for (const name of ['raw', ...largest]) {
    if (!isAbove(fitting, mostBytes)) break;
    fitting[name] = omitted(row[name]);
  }
  return fitting as R;
};
