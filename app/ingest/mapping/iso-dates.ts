import type { JsonObject } from '../../contract/record.ts';
import { isObject } from '../read-json.ts';

/** ISO 8601: a date, and after T a time with seconds, a fraction and an offset where it has them. */
const ISO_8601 =
  /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?:Z|([+-])(\d{2}):?(\d{2}))?)?$/;

/** Members that name something: a text in them stays, even where it looks like a date. */
const IDS: ReadonlySet<string> = new Set([
  'id',
  'userId',
  'anonymousId',
  'anonymous_id',
  'groupId',
  'objectId',
  'object_id',
  'objectTypeId',
  'object_type_id',
  'deliveryId',
  'delivery_id',
  'token',
]);

/** Seconds since 1970 of a day and time that exist, in UTC; undefined where they do not. */
const secondsOfTime = (
  [year, month, day]: readonly number[],
  [hour, minute, second]: readonly number[],
): number | undefined => {
  const date = new Date(0);
  date.setUTCFullYear(year as number, (month as number) - 1, day);
  date.setUTCHours(hour as number, minute, second);
  const isReal =
    date.getUTCMonth() === (month as number) - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second;
  return isReal ? date.getTime() / 1000 : undefined;
};

/**
 * A date or time in ISO 8601 as whole seconds since 1970, a fraction cut off; without an offset it is UTC.
 *
 * @returns undefined for every other text, and for a day or time that does not exist
 * @example isoSeconds('2026-01-01T01:00:00.5+01:00') // 1767225600
 * @example isoSeconds('2026-02-30') // undefined
 */
export const isoSeconds = (text: string): number | undefined => {
  // Most texts are no dates, and the expression is slow to find that out.
  if (text.length < 10 || text.charCodeAt(4) !== 0x2d || text.charCodeAt(7) !== 0x2d) return undefined;
  const found = ISO_8601.exec(text);
  if (found === null) return undefined;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map((part) => Number(part ?? 0));
  const seconds = secondsOfTime([year ?? 0, month ?? 0, day ?? 0], [hour ?? 0, minute ?? 0, second ?? 0]);
  const [, , , , , , , sign, hours = '00', minutes = '00'] = found;
  if (seconds === undefined || hours > '23' || minutes > '59') return undefined;
  const offset = Number(hours) * 3600 + Number(minutes) * 60;
  return seconds - (sign === '-' ? -offset : offset);
};

const converted = (name: string, value: unknown): unknown => {
  if (typeof value === 'string') return IDS.has(name) ? value : (isoSeconds(value) ?? value);
  return isObject(value) ? withDatesAsSeconds(value) : value;
};

/**
 * Attributes whose dates in ISO 8601 are seconds since 1970, at any depth of objects, as Customer.io's segments and Liquid want them.
 * Arrays and ids stay as they are. Source: Segment's Customer.io (Actions) destination, `convertAttributeTimestamps`.
 *
 * @returns the object itself where nothing changes
 * @example withDatesAsSeconds({ born: '1969-12-31', tags: ['2026-01-01'] }) // { born: -86400, tags: ['2026-01-01'] }
 */
export const withDatesAsSeconds = (attributes: JsonObject): JsonObject => {
  let changed: Record<string, unknown> | undefined;
  for (const [name, value] of Object.entries(attributes)) {
    const now = converted(name, value);
    if (now === value) continue;
    changed ??= { ...attributes };
    changed[name] = now;
  }
  return changed ?? attributes;
};
