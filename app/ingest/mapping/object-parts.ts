import { LIMITS } from '../../contract/limits.ts';
import type { JsonObject } from '../../contract/record.ts';
import type { Fault } from '../../contract/schemas/fault.ts';
import { isObject } from '../read-json.ts';
import { idText } from './shape.ts';

const DEFAULT_OBJECT_TYPE = '1';
const TYPE_NAMES = ['object_type_id', 'objectTypeId'] as const;

/** The object type that traits or properties name, else "1". */
export const objectTypeOf = (named: JsonObject): string =>
  TYPE_NAMES.map((name) => idText(named[name])).find((id) => id !== undefined) ?? DEFAULT_OBJECT_TYPE;

/** The attributes of a relationship that traits bring. */
export const relationshipAttributesOf = (traits: JsonObject): JsonObject | undefined => {
  const { relationshipAttributes } = traits;
  return isObject(relationshipAttributes) ? relationshipAttributes : undefined;
};

/** Traits without what says how they are related. */
export const withoutRelation = (traits: JsonObject, ...more: readonly string[]): JsonObject => {
  const {
    objectTypeId: _type,
    object_type_id: _typeId,
    relationshipAttributes: _attributes,
    ...rest
  } = traits;
  const left: Record<string, unknown> = rest;
  for (const name of more) delete left[name];
  return left;
};

/** An id of an object that is too long for Customer.io. */
export const idFaults = (field: string, id: string): readonly Fault[] =>
  Buffer.byteLength(id) > LIMITS.idBytes
    ? [{ field, rule: `must not be longer than ${LIMITS.idBytes} bytes` }]
    : [];
