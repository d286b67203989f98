import { cutToBytes } from '../../contract/cut-to-bytes.ts';
import { LIMITS } from '../../contract/limits.ts';
import type { JsonObject } from '../../contract/record.ts';

const isNamed = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

/**
 * The name of a page or screen: its `name`, else properties.title, path or url, else its category, else its type. A derived
 * name is cut to the 100 bytes that Customer.io takes; the property stays whole.
 *
 * @example pageName('page', { properties: { path: '/cart' } }) // '/cart'
 */
export const pageName = (type: string, payload: JsonObject): string => {
  const { title, path, url } = (payload['properties'] ?? {}) as JsonObject;
  const found = [payload['name'], title, path, url, payload['category']].find(isNamed);
  return cutToBytes((found ?? type).trim(), LIMITS.eventNameBytes);
};
