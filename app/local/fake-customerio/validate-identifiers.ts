import { FAKE_LIMITS } from './fake-options.ts';
import { bytesOf, invalid, isObject, type OperationFault, required } from './operation-fault.ts';

type Faults = readonly OperationFault[];

/** What names a person (contract, section 3). */
export const PERSON_IDENTIFIERS: readonly string[] = ['id', 'email', 'phone', 'cio_id'];

const identifierValueFault = (field: string, value: unknown): Faults => {
  const isText = typeof value === 'string' || typeof value === 'number' || JSON.isRawJSON(value);
  if (!isText || value === '') return [required(field)];
  const fits = bytesOf(value) <= FAKE_LIMITS.idBytes;
  return fits ? [] : [invalid(field, `cannot be longer than ${FAKE_LIMITS.idBytes} bytes`)];
};

/** Exactly one of the allowed identifiers, of at most 150 bytes. */
export const oneIdentifier = (field: string, value: unknown, allowed: readonly string[]): Faults => {
  if (!isObject(value)) return [required(field)];
  const given = Object.keys(value);
  const [name] = given;
  if (name === undefined || given.length !== 1 || !allowed.includes(name)) {
    return [invalid(field, `must have exactly one of ${allowed.join(', ')}`)];
  }
  return identifierValueFault(`${field}.${name}`, value[name]);
};

/** Identifiers of a person: exactly one, of at most 150 bytes. */
export const personFaults = (identifiers: unknown): Faults =>
  oneIdentifier('identifiers', identifiers, PERSON_IDENTIFIERS);

/** Identifiers of an object: its type and id, or Customer.io's own id. */
export const objectFaults = (field: string, value: unknown): Faults => {
  if (!isObject(value)) return [required(field)];
  if ('cio_object_id' in value) return identifierValueFault(`${field}.cio_object_id`, value['cio_object_id']);
  return [
    ...identifierValueFault(`${field}.object_type_id`, value['object_type_id']),
    ...identifierValueFault(`${field}.object_id`, value['object_id']),
  ];
};
