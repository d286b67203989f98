import type { JsonObject } from '../../contract/record.ts';
import { fitAttributes } from './fit-attributes.ts';
import { withDatesAsSeconds } from './iso-dates.ts';
import type { LeftOutOf } from './shape.ts';

/** Both spellings of when somebody or something was created become Customer.io's. */
const withCreatedAt = (traits: JsonObject): JsonObject => {
  const { createdAt, ...rest } = traits;
  if (createdAt === undefined) return traits;
  return rest['created_at'] == null ? { ...rest, created_at: createdAt } : rest;
};

/** Attributes as Customer.io takes them, and those it would not take. */
export interface Attributes {
  readonly attributes: JsonObject;
  readonly leftOut: readonly LeftOutOf[];
}

/**
 * Traits of a person or an object as attributes: dates in seconds, `createdAt` as `created_at`, within the limits.
 *
 * @param field where they stand in the event, such as `traits`
 */
export const attributesOf = (field: string, traits: JsonObject): Attributes => {
  const { attributes, leftOut } = fitAttributes(withDatesAsSeconds(withCreatedAt(traits)));
  return { attributes, leftOut: leftOut.length > 0 ? [{ field, attributes: leftOut }] : [] };
};
