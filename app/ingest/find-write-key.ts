import { LIMITS } from '../contract/limits.ts';

/** As numbers: looked up in a list they take several times as long. */
const SPACE = 0x20;
const QUOTE = 0x22;
const ESCAPE = 0x5c;
const COLON = 0x3a;
const BRACKET = 0x5b;
const BRACKET_END = 0x5d;
const BRACE = 0x7b;
const BRACE_END = 0x7d;

const NAME = Buffer.from('writeKey');
/** What a character may take in JSON: `\u0077`. */
const ESCAPED_BYTES = 6;
/** A longer text has more characters than a key may have, however it is written. */
const LONGEST_KEY = LIMITS.mostKeyCharacters * ESCAPED_BYTES;

/** A `writeKey` that is no string. */
export const NOT_A_STRING = Symbol('not a string');

/** Index of the quote that ends the string which begins at `start`. */
const endOfString = (json: Buffer, start: number): number => {
  let index = start + 1;
  while (index < json.length && json[index] !== QUOTE) index += json[index] === ESCAPE ? 2 : 1;
  return index;
};

/** Control characters that are no space are no JSON, which need not be noticed. */
const afterSpace = (json: Buffer, start: number): number => {
  let index = start;
  while ((json[index] ?? QUOTE) <= SPACE) index += 1;
  return index;
};

/** A string with its quotes as text; undefined where JSON has no such string. */
const textOf = (json: Buffer, start: number, end: number): string | undefined => {
  try {
    return JSON.parse(json.toString('utf8', start, end + 1));
  } catch {
    // What is no JSON is refused when it is parsed, which it is only for a known key.
    return undefined;
  }
};

/** The character that an escape such as `\u0077` stands for. */
const escapedAt = (json: Buffer, index: number): number =>
  json[index] === ESCAPE ? Number.parseInt(json.toString('latin1', index + 2, index + ESCAPED_BYTES), 16) : 0;

const isName = (json: Buffer, start: number, end: number): boolean => {
  let index = start + 1;
  for (const character of NAME) {
    if (json[index] === character) index += 1;
    else if (escapedAt(json, index) === character) index += ESCAPED_BYTES;
    else return false;
  }
  return index === end;
};

const NOWHERE = -1;

/** Where the value begins of a property whose name has these quotes; nowhere unless it is the write key. */
const valueAfter = (json: Buffer, start: number, end: number): number => {
  const colon = afterSpace(json, end + 1);
  return json[colon] === COLON && isName(json, start, end) ? afterSpace(json, colon + 1) : NOWHERE;
};

/** The key whose value begins at `start`. */
const keyAt = (json: Buffer, start: number): unknown => {
  if (json[start] !== QUOTE) return json[start] === 0x6e ? null : NOT_A_STRING;
  const end = endOfString(json, start);
  return end - start - 1 > LONGEST_KEY ? json.toString('latin1', start, end) : textOf(json, start, end);
};

const levels = (byte: number | undefined): number => {
  if (byte === BRACE || byte === BRACKET) return 1;
  return byte === BRACE_END || byte === BRACKET_END ? -1 : 0;
};

/**
 * Finds the first top-level `writeKey` of a JSON object without parsing it: nobody has let its sender in yet, and parsing takes
 * many times the memory and the time. What is no JSON need not be noticed.
 *
 * @param json the body in UTF-8, not yet known to be valid
 * @returns undefined where there is none, {@link NOT_A_STRING} where it is a number or the like; one that is too long stays so
 * @example findWriteKey(Buffer.from('{"batch":[],"writeKey":"k1"}')) // 'k1'
 */
export const findWriteKey = (json: Buffer): unknown => {
  let depth = 0;
  for (let index = 0; index < json.length; index += 1) {
    if (json[index] !== QUOTE) {
      depth += levels(json[index]);
      continue;
    }
    const end = endOfString(json, index);
    const value = depth === 1 ? valueAfter(json, index, end) : NOWHERE;
    if (value !== NOWHERE) return keyAt(json, value);
    index = end;
  }
  return undefined;
};
