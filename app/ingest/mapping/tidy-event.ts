import type { EventType } from '../../contract/http-paths.ts';
import { isObject } from '../read-json.ts';
import { isEmail } from './person-identifiers.ts';

type Item = Readonly<Record<string, unknown>>;

const ID_FIELDS = ['userId', 'anonymousId'] as const;

/** SDKs send an empty text for an id that they do not have. */
const isBlank = (value: unknown): boolean => typeof value === 'string' && value.trim() === '';

const withoutBlankIds = (item: Item): Item => {
  if (!ID_FIELDS.some((field) => isBlank(item[field]))) return item;
  const copy = { ...item };
  for (const field of ID_FIELDS) if (isBlank(copy[field])) delete copy[field];
  return copy;
};

/** RudderStack's SDKs put the traits of an identify into its context. */
const withTraits = (item: Item): Item => {
  const { traits } = isObject(item['context']) ? item['context'] : {};
  return item['traits'] == null && isObject(traits) ? { ...item, traits } : item;
};

/** Somebody who is identified by an address alone is known by it. */
const withEmailAsId = (item: Item): Item => {
  if (item['userId'] != null) return item;
  const { email } = isObject(item['traits']) ? item['traits'] : {};
  return typeof email === 'string' && isEmail(email) ? { ...item, userId: email } : item;
};

/**
 * An event whose person stands where the schema looks for it, whichever SDK sent it: blank ids are no ids and, unless events travel
 * as they were sent, an identify takes its traits from the context and its person from `traits.email`.
 *
 * @returns the event itself where nothing changes
 */
export const tidyEvent = (type: EventType, item: Item, asSent: boolean): Item => {
  const named = withoutBlankIds(item);
  return type === 'identify' && !asSent ? withEmailAsId(withTraits(named)) : named;
};
