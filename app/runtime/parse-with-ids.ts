const IDS: ReadonlySet<string> = new Set(['userId', 'anonymousId', 'groupId', 'previousId', 'messageId']);

/** A number that a member has as its value and that may be beyond 2^53. */
const LONG_NUMBER = /:\s*-?\d{16}/;
const WHOLE_NUMBER = /^-?\d+$/;

interface LongId {
  readonly holder: object;
  readonly key: string;
  readonly digits: string;
}

/** TypeScript does not know yet that a reviver is told a number's own text. */
const parseWithSource = JSON.parse as (
  text: string,
  reviver: (this: object, key: string, value: unknown, context: { readonly source?: string }) => unknown,
) => unknown;

const eventsIn = (body: unknown): ReadonlySet<unknown> => {
  const { batch } = Object(body) as { readonly batch?: unknown };
  return new Set([body, ...(Array.isArray(batch) ? batch : [])]);
};

const parseLong = (text: string): unknown => {
  const found: LongId[] = [];
  const body = parseWithSource(text, function note(key, value, { source = '' }) {
    const isLong = IDS.has(key) && typeof value === 'number' && !Number.isSafeInteger(value);
    if (isLong && WHOLE_NUMBER.test(source)) found.push({ holder: this, key, digits: source });
    return value;
  });
  const events = eventsIn(body);
  for (const { holder, key, digits } of found)
    if (events.has(holder)) Object.assign(holder, { [key]: digits });
  return body;
};

/**
 * Parses the JSON of an event, or of a batch of events. An id of an event (`userId`, `anonymousId`, `groupId`, `previousId`,
 * `messageId`) that is a whole number beyond 2^53 is given as the text of its digits, which a number would not keep; everything
 * else is as `JSON.parse` gives it. A text without such long numbers is only scanned for them.
 *
 * @throws SyntaxError where it is not JSON
 * @example parseWithIds('{"userId":12345678901234567890}') // { userId: '12345678901234567890' }
 */
export const parseWithIds = (text: string): unknown => {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text);
  try {
    return parseLong(text);
  } catch (error) {
    // Nested so deep that only the plain parser reads it. Its long numbers are refused as ids, for they are no exact ones.
    if (error instanceof RangeError) return JSON.parse(text);
    throw error;
  }
};
