import { isObject } from '../read-json.ts';

/** What senders call this destination, in lower case: Customer.io's name, Segment's three for the newer one, RudderStack's. */
const OWN_NAMES: ReadonlySet<string> = new Set([
  'customer.io',
  'customer.io (actions)',
  'customer.io actions',
  'actions customerio',
  'customerio',
]);

/**
 * Whether `integrations` turn this destination off: by its own name, or all of them without naming it. Of several names of its own any
 * `false` wins; an object, such as options, counts as true. Source: Segment spec, common fields, `integrations`.
 *
 * @example isTurnedOff({ All: false }) // true
 * @example isTurnedOff({ All: false, 'Customer.io': { note: 'x' } }) // false
 */
export const isTurnedOff = (integrations: unknown): boolean => {
  if (!isObject(integrations)) return false;
  const entries = Object.entries(integrations).map(([name, value]) => [name.toLowerCase(), value] as const);
  const own = entries.filter(([name]) => OWN_NAMES.has(name)).map(([, value]) => value);
  if (own.includes(false)) return true;
  const isOn = own.some((value) => value === true || isObject(value));
  return !isOn && entries.some(([name, value]) => name === 'all' && value === false);
};
