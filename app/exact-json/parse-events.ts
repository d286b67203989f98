import { type OnInexact, parseExact, type Step } from './parse-exact.ts';

const IDS: readonly string[] = ['userId', 'anonymousId', 'groupId', 'previousId', 'messageId'];
const TIMES: readonly string[] = ['timestamp', 'originalTimestamp', 'sentAt'];
const WHOLE_NUMBER = /^-?\d+$/;

/** A number of an event that no double holds: where it is, and the rule it breaks. */
export interface RangeFault {
  readonly field: string;
  readonly rule: string;
}

const RULE = 'must be a number between -1.8e308 and 1.8e308';
/** Of one event; one more would tell nothing new. */
const MOST_FAULTS = 10;

const faults = new WeakMap<object, RangeFault[]>();

/** How many steps of the way lead to the event: the whole value, or an item of its `batch`. */
const stepsToEvent = (way: readonly Step[]): number =>
  way.length > 3 && way[1]?.key === 'batch' && Array.isArray(way[2]?.container) ? 3 : 1;

const isText = (key: string, digits: string): boolean =>
  IDS.includes(key) ? WHOLE_NUMBER.test(digits) : TIMES.includes(key);

const note: OnInexact = (digits, way) => {
  const start = stepsToEvent(way);
  const event = way[start]?.container;
  const last = way.at(-1);
  if (event === undefined || last === undefined) return;
  if (last.container === event && isText(last.key, digits)) {
    event[last.key] = digits;
    return;
  }
  if (Number.isFinite(Number(digits))) return;
  const known = faults.get(event) ?? [];
  if (known.length === MOST_FAULTS) return;
  const field = way.slice(start).map(({ key }) => key);
  faults.set(event, [...known, { field: field.join('.'), rule: RULE }]);
};

/**
 * Parses the JSON of an event, or of a batch of events: {@link parseExact}, but an id of an event (`userId`, `anonymousId`, `groupId`,
 * `previousId`, `messageId`) that is a whole number beyond 2^53, and a time (`timestamp`, `sentAt`) of more digits than a double
 * keeps, are given as the text of their digits.
 *
 * @throws SyntaxError where it is not JSON
 * @example parseEvents('{"userId":12345678901234567890}') // { userId: '12345678901234567890' }
 */
export const parseEvents = (text: string): unknown => parseExact(text, note);

/**
 * The first ten numbers of an event that are beyond the range of a double, which nobody who reads JSON could tell from infinity.
 *
 * @param event the very object that {@link parseEvents} gave, or an item of its `batch`
 * @example rangeFaults(parseEvents('{"properties":{"price":1e400}}')) // [{ field: 'properties.price', rule: 'must be …' }]
 */
export const rangeFaults = (event: object): readonly RangeFault[] => faults.get(event) ?? [];
