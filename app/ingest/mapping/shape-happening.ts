import { cutToBytes } from '../../contract/cut-to-bytes.ts';
import { LIMITS } from '../../contract/limits.ts';
import type { JsonObject } from '../../contract/record.ts';
import { withDatesAsSeconds } from './iso-dates.ts';
import {
  isText,
  objectOf,
  type Shaped,
  type ShapeInput,
  type Shaper,
  shaped,
  type Warning,
} from './shape.ts';

interface CutName {
  readonly name: string;
  readonly warnings: readonly Warning[];
}

/** A name within Customer.io's 100 bytes. */
const cutName = (field: string, given: string): CutName => {
  const name = cutToBytes(given.trim(), LIMITS.eventNameBytes);
  if (name.length === given.trim().length) return { name, warnings: [] };
  const warning = `was longer than ${LIMITS.eventNameBytes} bytes and was cut`;
  return { name, warnings: [{ field, warning }] };
};

/** Properties with dates in seconds, and with the anonymous id where the event has both ids. */
const propertiesOf = ({ item, userId, anonymousId }: ShapeInput, more: JsonObject = {}): JsonObject => {
  const properties = withDatesAsSeconds(objectOf(item['properties']));
  const hasBoth = userId !== undefined && anonymousId !== undefined;
  return { ...(hasBoth && { anonymous_id: anonymousId }), ...more, ...properties };
};

/** An event of a track call. */
export const shapeTrack = (input: ShapeInput): Shaped => {
  const { name, warnings } = cutName('event', String(input.item['event']));
  return shaped('track', { event: name, properties: propertiesOf(input) }, { warnings });
};

/** The name and category that the call gives become attributes where the properties have none. */
const viewOf = (type: 'page' | 'screen', input: ShapeInput, name: CutName): Shaped => {
  const { name: given, category } = input.item;
  const more = { ...(isText(given) && { name: given }), ...(isText(category) && { category }) };
  const payload = { name: name.name, properties: propertiesOf(input, more) };
  return shaped(type, payload, { warnings: name.warnings });
};

/** A name that is derived may be cut unsaid: what it was derived from stays whole. */
const derivedName = (candidates: readonly unknown[], type: string): CutName => ({
  name: cutToBytes((candidates.find(isText) ?? type).trim(), LIMITS.eventNameBytes),
  warnings: [],
});

/** A page is named by its URL where it has one. Source: Track API, v2 page, `name`. */
export const shapePage: Shaper = (input) => {
  const { name, category } = input.item;
  const { url, title, path } = objectOf(input.item['properties']);
  const isByName = !isText(url) && isText(name);
  return viewOf(
    'page',
    input,
    isByName ? cutName('name', name) : derivedName([url, title, path, category], 'page'),
  );
};

/** A screen is named by the call's name. */
export const shapeScreen: Shaper = (input) => {
  const { name, category } = input.item;
  const { title, path, url } = objectOf(input.item['properties']);
  return viewOf(
    'screen',
    input,
    isText(name) ? cutName('name', name) : derivedName([title, path, url, category], 'screen'),
  );
};
