import { invalid, isObject, type Json, type OperationFault, required } from './operation-fault.ts';
import { related } from './relations.ts';
import { attributeFaults } from './validate-attributes.ts';
import { objectFaults, oneIdentifier, PERSON_IDENTIFIERS } from './validate-identifiers.ts';

type Faults = readonly OperationFault[];

const FIELD = 'cio_relationships';
/** Somebody not known yet may be related to an object too. */
const MEMBERS = [...PERSON_IDENTIFIERS, 'anonymous_id'];

const relationFaults = (type: unknown, relation: unknown, index: number): Faults => {
  const field = `${FIELD}.${index}`;
  if (!isObject(relation)) return [invalid(field, 'must be an object')];
  const named = relation['identifiers'];
  return [
    ...(type === 'object'
      ? oneIdentifier(`${field}.identifiers`, named, MEMBERS)
      : objectFaults(`${field}.identifiers`, named)),
    ...attributeFaults(`${field}.relationship_attributes`, relation['relationship_attributes']),
  ];
};

/** Relations of a person to objects, or of an object to people (contract, section 3); some actions need them. */
export const relationsFaults = (operation: Json): Faults => {
  const { type, action, [FIELD]: relations } = operation;
  const isAbout = action === 'add_relationships' || action === 'delete_relationships';
  if (isAbout && !Array.isArray(relations)) return [required(FIELD)];
  return related(relations).flatMap((relation, index) => relationFaults(type, relation, index));
};
