import { FAKE_LIMITS } from './fake-options.ts';
import { bytesOf, invalid, isObject, type OperationFault } from './operation-fault.ts';

const attributeFault = (path: string, name: string, value: unknown): OperationFault | undefined => {
  if (Buffer.byteLength(name) > FAKE_LIMITS.attributeNameBytes) {
    return invalid(path, `property name cannot be longer than ${FAKE_LIMITS.attributeNameBytes} bytes`);
  }
  return bytesOf(value) > FAKE_LIMITS.attributeValueBytes
    ? invalid(
        `${path}.${name}`,
        `property value cannot be longer than ${FAKE_LIMITS.attributeValueBytes} bytes`,
      )
    : undefined;
};

/** Limits of a person's or an object's attributes (contract, section 1). Properties of events have no such limits. */
export const attributeFaults = (path: string, attributes: unknown): readonly OperationFault[] => {
  if (attributes === undefined) return [];
  if (!isObject(attributes)) return [invalid(path, 'must be an object')];
  const entries = Object.entries(attributes);
  if (entries.length > FAKE_LIMITS.attributes) {
    return [invalid(path, `cannot have more than ${FAKE_LIMITS.attributes} properties`)];
  }
  return entries.flatMap(([name, value]) => attributeFault(path, name, value) ?? []);
};
