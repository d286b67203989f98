import type { JsonObject } from '../../contract/record.ts';

/** A record whose payload does not fit its type: the message names the field and the rule. */
export class MappingError extends Error {
  override readonly name = 'MappingError';
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);

/** The object at a field of a payload. @throws MappingError */
export const objectAt = (payload: JsonObject, name: string, path = 'payload'): JsonObject => {
  const value = payload[name];
  if (isObject(value)) return value;
  throw new MappingError(`${path}.${name} must be an object`);
};

/** {@link objectAt}, or an empty one where there is none. @throws MappingError */
export const objectOrEmpty = (payload: JsonObject, name: string): JsonObject =>
  payload[name] == null ? {} : objectAt(payload, name);

/** The text at a field of a payload. @throws MappingError */
export const textAt = (payload: JsonObject, name: string, path = 'payload'): string => {
  const value = payload[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new MappingError(`${path}.${name} must be a string that is not empty`);
};

/** One of some words at a field of a payload. @throws MappingError */
export const choiceAt = <T extends string>(payload: JsonObject, name: string, words: readonly T[]): T => {
  const found = words.find((word) => word === payload[name]);
  if (found !== undefined) return found;
  throw new MappingError(`payload.${name} must be one of ${words.join(', ')}`);
};
