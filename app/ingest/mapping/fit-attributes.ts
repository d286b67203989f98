import { LIMITS } from '../../contract/limits.ts';
import type { JsonObject } from '../../contract/record.ts';

/** Why an attribute cannot be sent. */
export type AttributeCode = 'attribute_too_long' | 'too_many_attributes';

/** An attribute that Customer.io would not take. */
export interface LeftOut {
  readonly name: string;
  readonly value: unknown;
  readonly code: AttributeCode;
  readonly rule: string;
}

/** Attributes that can be sent, and those that cannot. */
export interface Fitted {
  readonly attributes: JsonObject;
  readonly leftOut: readonly LeftOut[];
}

/** Attributes that say who a person is and what they want: without one of them the rest would be wrong. */
export const ALWAYS_SENT: ReadonlySet<string> = new Set([
  'id',
  'email',
  'phone',
  'created_at',
  'unsubscribed',
  'cio_subscription_preferences',
  'anonymous_id',
]);

const isAlwaysSent = (name: string): boolean =>
  ALWAYS_SENT.has(name) || name.startsWith('cio_subscription_preferences.');

const isLongerThan = (value: unknown, bytes: number): boolean => {
  if (typeof value !== 'string' && (typeof value !== 'object' || value === null)) return false;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > bytes || Buffer.byteLength(text) > bytes;
};

const tooLong = (name: string, value: unknown): string | undefined => {
  if (isLongerThan(name, LIMITS.attributeNameBytes)) {
    return `must have a name of at most ${LIMITS.attributeNameBytes} bytes`;
  }
  return isLongerThan(value, LIMITS.attributeBytes)
    ? `must not be longer than ${LIMITS.attributeBytes} bytes`
    : undefined;
};

/**
 * Parts the attributes of a person, an object or a relationship into those that Customer.io takes and those that break a limit, so that
 * one of them does not cost the others. None is cut: half a link in a mail is worse than none. Source: Track API, limits.
 *
 * @returns the object itself where everything fits
 * @example fitAttributes({ email: 'ada@example.com', bio: 'x'.repeat(1001) }).leftOut[0].name // 'bio'
 */
export const fitAttributes = (attributes: JsonObject): Fitted => {
  const entries = Object.entries(attributes);
  const leftOut: LeftOut[] = [];
  let room = LIMITS.attributes - entries.filter(([name]) => isAlwaysSent(name)).length;
  for (const [name, value] of entries) {
    if (isAlwaysSent(name)) continue;
    const rule = tooLong(name, value);
    if (rule !== undefined) leftOut.push({ name, value, code: 'attribute_too_long', rule });
    else if (room > 0) room -= 1;
    else {
      const most = `must be one of at most ${LIMITS.attributes} attributes`;
      leftOut.push({ name, value, code: 'too_many_attributes', rule: most });
    }
  }
  if (leftOut.length === 0) return { attributes, leftOut };
  const names = new Set(leftOut.map(({ name }) => name));
  return { attributes: Object.fromEntries(entries.filter(([name]) => !names.has(name))), leftOut };
};
