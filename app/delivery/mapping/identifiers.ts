import type { Somebody } from '../../contract/operations.ts';
import type { EventRecord, JsonObject, ObjectIdentifiers, PersonIdentifiers } from '../../contract/record.ts';
import { MappingError, textAt } from './payload.ts';

const knownPerson = ({ identifiers, userId }: EventRecord): PersonIdentifiers | undefined =>
  identifiers ?? (userId === undefined ? undefined : { id: String(userId) });

/** The person a record is about. An anonymousId is never one. @throws MappingError where nobody known is named */
export const personOf = (record: EventRecord): PersonIdentifiers => {
  const person = knownPerson(record);
  if (person !== undefined) return person;
  throw new MappingError(`userId is required for ${record.type}`);
};

/** The person a record is about, or somebody not known yet. */
export const somebodyOf = (record: EventRecord): Somebody =>
  knownPerson(record) ?? { anonymous_id: String(record.anonymousId) };

/** The identifiers of an object. @throws MappingError */
export const objectIdentifiersOf = (value: JsonObject, path: string): ObjectIdentifiers => ({
  object_type_id: textAt(value, 'object_type_id', path),
  object_id: textAt(value, 'object_id', path),
});
