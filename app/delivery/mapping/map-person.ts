import { aliasOperation, identifyOperation, type Operation } from '../../contract/operations.ts';
import type { JsonObject, PersonIdentifiers, Relationship } from '../../contract/record.ts';
import { faultsOf } from '../../contract/schemas/fault.ts';
import { personIdentifiers } from '../../contract/schemas/person-identifiers.ts';
import { objectIdentifiersOf, personOf } from './identifiers.ts';
import { type Mapper, operationOf } from './mapped.ts';
import { choiceAt, MappingError, objectAt, objectOrEmpty, textAt } from './payload.ts';

const RELATIONSHIPS = 'payload.relationships';

const relationshipAt = (list: readonly unknown[], index: number): Relationship => {
  const path = `${RELATIONSHIPS}.${index}`;
  const item = objectAt({ [index]: list[index] }, String(index), RELATIONSHIPS);
  const identifiers = objectIdentifiersOf(objectAt(item, 'identifiers', path), `${path}.identifiers`);
  if (item['relationship_attributes'] == null) return { identifiers };
  return { identifiers, relationship_attributes: objectAt(item, 'relationship_attributes', path) };
};

const relationshipsOf = ({ relationships }: JsonObject): readonly Relationship[] | undefined => {
  if (relationships == null) return undefined;
  if (!Array.isArray(relationships)) throw new MappingError(`${RELATIONSHIPS} must be an array`);
  return relationships.map((_item, index) => relationshipAt(relationships, index));
};

/** A write of the person's attributes, and their relationships to objects. */
export const mapIdentify: Mapper = ({ record, timestamp }) => {
  const { payload, anonymousId } = record;
  const relationships = relationshipsOf(payload);
  return operationOf(
    identifyOperation({
      person: personOf(record),
      timestamp,
      traits: objectOrEmpty(payload, 'traits'),
      ...(anonymousId !== undefined && { anonymousId: String(anonymousId) }),
      ...(relationships !== undefined && { relationships }),
    }),
  );
};

const previousOf = (payload: JsonObject): PersonIdentifiers => {
  const given = payload['previousIdentifiers'];
  if (given == null) return { id: textAt(payload, 'previousId') };
  const parsed = personIdentifiers.safeParse(given);
  if (parsed.success) return given as PersonIdentifiers;
  const [fault] = faultsOf(parsed.error);
  const field = ['payload.previousIdentifiers', fault?.field].filter(Boolean).join('.');
  throw new MappingError(`${field} ${fault?.rule}`);
};

/** The person as known before becomes the person. */
export const mapAlias: Mapper = ({ record }) =>
  operationOf(aliasOperation({ person: personOf(record), previous: previousOf(record.payload) }));

/** A merge of two people that the payload names. */
export const mapMerge: Mapper = ({ record: { payload } }) =>
  operationOf({
    type: 'person',
    action: 'merge',
    primary: objectAt(payload, 'primary'),
    secondary: objectAt(payload, 'secondary'),
  });

/** An action on the person that has nothing to say but whom it is about. */
export const mapAction =
  (action: Operation['action']): Mapper =>
  ({ record }) =>
    operationOf({ ...record.payload, type: 'person', identifiers: personOf(record), action });

const DEVICE_ACTIONS = ['add_device', 'delete_device'] as const;

/** A device of the person. */
export const mapDevice: Mapper = ({ record }) =>
  operationOf({
    type: 'person',
    identifiers: personOf(record),
    action: choiceAt(record.payload, 'action', DEVICE_ACTIONS),
    device: objectAt(record.payload, 'device'),
  });
