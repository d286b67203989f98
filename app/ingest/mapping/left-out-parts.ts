import { cutToBytes } from '../../contract/cut-to-bytes.ts';
import { LIMITS } from '../../contract/limits.ts';
import type { Fault } from '../../contract/schemas/fault.ts';
import type { AttributeCode, LeftOut } from './fit-attributes.ts';
import type { LeftOutOf } from './shape.ts';

type Item = Readonly<Record<string, unknown>>;

/** Attributes that an event was sent without, as an event of their own. */
export interface LeftOutPart {
  readonly item: Item;
  readonly code: AttributeCode;
  readonly faults: readonly Fault[];
}

const CODES: readonly AttributeCode[] = ['attribute_too_long', 'too_many_attributes'];

/** What says whose attributes they are. */
const IDENTITY = ['type', 'userId', 'anonymousId', 'groupId', 'messageId', 'timestamp'] as const;

const faultsOf = (field: string, code: AttributeCode, attributes: readonly LeftOut[]): readonly Fault[] => {
  if (code === 'too_many_attributes') {
    const rule = `must have at most ${LIMITS.attributes} attributes: ${attributes.length} were left out`;
    return [{ field, rule }];
  }
  return attributes.map(({ name, rule }) => ({
    field: `${field}.${cutToBytes(name, LIMITS.attributeNameBytes)}`,
    rule,
  }));
};

/** The attributes below the place that they had in the event: `traits`, or an object in it. */
const traitsOf = (parts: readonly LeftOutOf[]): Item => {
  const traits: Record<string, unknown> = {};
  for (const { field, attributes } of parts) {
    const [, inner] = field.split('.');
    const values = Object.fromEntries(attributes.map(({ name, value }) => [name, value]));
    Object.assign(traits, inner === undefined ? values : { [inner]: values });
  }
  return traits;
};

/**
 * What an event was sent without, by code: each as an event of the same person that holds those attributes alone.
 *
 * @param type the event's type, which an event of its own endpoint does not tell
 */
export const leftOutParts = (
  type: string,
  item: Item,
  leftOut: readonly LeftOutOf[],
): readonly LeftOutPart[] =>
  CODES.flatMap((code) => {
    const parts = leftOut
      .map(({ field, attributes }) => ({
        field,
        attributes: attributes.filter((each) => each.code === code),
      }))
      .filter(({ attributes }) => attributes.length > 0);
    if (parts.length === 0) return [];
    const identity = IDENTITY.filter((name) => item[name] != null).map((name) => [name, item[name]]);
    return [
      {
        item: { type, ...Object.fromEntries(identity), traits: traitsOf(parts) },
        code,
        faults: parts.flatMap(({ field, attributes }) => faultsOf(field, code, attributes)),
      },
    ];
  });
