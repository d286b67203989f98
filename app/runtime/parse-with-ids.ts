const IDS = ['userId', 'anonymousId', 'groupId', 'previousId', 'messageId'] as const;

/** A number that a member has as its value and that may be beyond 2^53. */
const LONG_NUMBER = /:\s*-?\d{16}/;
const WHOLE_NUMBER = /^-?\d+$/;

type Event = Record<string, unknown>;

const isInexact = (value: unknown): boolean => typeof value === 'number' && !Number.isSafeInteger(value);

const eventsIn = (body: unknown): readonly Event[] => {
  const { batch } = Object(body) as Event;
  return [body, ...(Array.isArray(batch) ? batch : [])].map((event) => Object(event) as Event);
};

/** TypeScript does not know yet that a reviver is told a number's own text. */
const parseWithSource = JSON.parse as (
  text: string,
  reviver: (this: Event, key: string, value: unknown, context: { readonly source?: string }) => unknown,
) => unknown;

const parseLong = (text: string): unknown => {
  const digits = new Map<Event, Event>();
  const body = parseWithSource(text, function note(key, value, { source = '' }) {
    const isLong = isInexact(value) && WHOLE_NUMBER.test(source) && (IDS as readonly string[]).includes(key);
    if (isLong) digits.set(this, { ...digits.get(this), [key]: source });
    return value;
  });
  for (const event of eventsIn(body)) Object.assign(event, digits.get(event));
  return body;
};

/**
 * Parses the JSON of an event, or of a batch of events. An id of an event (`userId`, `anonymousId`, `groupId`, `previousId`,
 * `messageId`) that is a whole number beyond 2^53 is given as the text of its digits, which a number would not keep; everything
 * else is as `JSON.parse` gives it. Only a text with such an id costs more than that.
 *
 * @throws SyntaxError where it is not JSON
 * @example parseWithIds('{"userId":12345678901234567890}') // { userId: '12345678901234567890' }
 */
export const parseWithIds = (text: string): unknown => {
  const body: unknown = JSON.parse(text);
  const hasLongId =
    LONG_NUMBER.test(text) && eventsIn(body).some((event) => IDS.some((id) => isInexact(event[id])));
  if (!hasLongId) return body;
  try {
    return parseLong(text);
  } catch (error) {
    // Nested too deep to be read again. Its long ids are refused then, for they are no exact numbers.
    if (Error.isError(error) && error.name === 'RangeError') return body;
    throw error;
  }
};
