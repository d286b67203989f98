import { parseEvents } from '../exact-json/parse-events.ts';
import { Problem } from '../runtime/http/problem.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a request body as a JSON object; a byte order mark is allowed. Numbers keep their digits, see {@link parseEvents}.
 *
 * @throws Problem 400 `invalid_utf8`, `invalid_json` or `not_an_object`
 */
export const readJsonObject = (body: Buffer): Record<string, unknown> => {
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    throw new Problem(400, 'invalid_utf8', `the body (${body.length} bytes) is not valid UTF-8`);
  }
  let value: unknown;
  try {
    value = parseEvents(text);
  } catch {
    throw new Problem(400, 'invalid_json', `the body (${body.length} bytes) is not valid JSON`);
  }
  if (!isObject(value)) throw new Problem(400, 'not_an_object', 'the body must be a JSON object');
  return value;
};

/** Whether a parsed value is a JSON object; a number whose digits are kept is none. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);

/**
 * Whether a parsed value has more levels of objects and arrays than `most`; looks no deeper than that.
 *
 * @example isDeeperThan([[1]], 1) // true
 */
export const isDeeperThan = (value: unknown, most: number): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  if (most === 0) return !JSON.isRawJSON(value);
  for (const child of Object.values(value)) if (isDeeperThan(child, most - 1)) return true;
  return false;
};
