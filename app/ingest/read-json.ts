import { Problem } from '../runtime/http/problem.ts';
import { parseWithIds } from '../runtime/parse-with-ids.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a request body as a JSON object; a byte order mark is allowed. Ids of events keep their digits, see {@link parseWithIds}.
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
    value = parseWithIds(text);
  } catch {
    throw new Problem(400, 'invalid_json', `the body (${body.length} bytes) is not valid JSON`);
  }
  if (!isObject(value)) throw new Problem(400, 'not_an_object', 'the body must be a JSON object');
  return value;
};

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Whether a parsed value has more levels of objects and arrays than `most`; looks no deeper than that.
 *
 * @example isDeeperThan([[1]], 1) // true
 */
export const isDeeperThan = (value: unknown, most: number): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  if (most === 0) return true;
  for (const child of Object.values(value)) if (isDeeperThan(child, most - 1)) return true;
  return false;
};
