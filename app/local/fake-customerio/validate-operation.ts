import { FAKE_LIMITS, type FakeSettings } from './fake-options.ts';
import {
  bytesOf,
  invalid,
  isObject,
  isUlid,
  type Json,
  type OperationFault,
  required,
} from './operation-fault.ts';
import { attributeFaults } from './validate-attributes.ts';
import { objectFaults, oneIdentifier, PERSON_IDENTIFIERS, personFaults } from './validate-identifiers.ts';
import { relationsFaults } from './validate-relations.ts';

type Faults = readonly OperationFault[];

const HAPPENINGS: readonly unknown[] = ['event', 'page', 'screen', 'viewed_content', 'clicked_content'];
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  person: [
    'identify',
    'event',
    'page',
    'screen',
    'viewed_content',
    'clicked_content',
    'delete',
    'suppress',
    'unsuppress',
    'add_device',
    'delete_device',
    'merge',
    'add_relationships',
    'delete_relationships',
  ],
  object: ['identify', 'delete', 'add_relationships', 'delete_relationships', 'identify_anonymous'],
  delivery: ['event'],
};

/** Content may be seen by somebody who is not known yet. */
const CONTENT_ACTIONS: readonly unknown[] = ['viewed_content', 'clicked_content'];
const CONTENT_IDENTIFIERS = [...PERSON_IDENTIFIERS, 'anonymous_id'];

const identifierFaults = (operation: Json): Faults => {
  const { type, action, identifiers } = operation;
  if (action === 'merge') {
    const allowed = ['id', 'email', 'cio_id'];
    return ['primary', 'secondary'].flatMap((side) => oneIdentifier(side, operation[side], allowed));
  }
  if (type === 'object') return objectFaults('identifiers', identifiers);
  if (CONTENT_ACTIONS.includes(action)) return oneIdentifier('identifiers', identifiers, CONTENT_IDENTIFIERS);
  return type === 'delivery' ? oneIdentifier('identifiers', identifiers, ['id']) : personFaults(identifiers);
};

/** The name of an event, page or screen: required, at most 100 bytes without the spaces around it. */
export const nameFaults = (name: unknown): Faults => {
  if (typeof name !== 'string' || name.trim() === '') return [required('name')];
  return Buffer.byteLength(name.trim()) > FAKE_LIMITS.nameBytes
    ? [invalid('name', `event name cannot be longer than ${FAKE_LIMITS.nameBytes} bytes`)]
    : [];
};

/** The id of an event: a ULID, where the fake is set to reject others. */
export const eventIdFaults = (id: unknown, nonUlid: FakeSettings['nonUlid']): Faults =>
  id === undefined || isUlid(id) || nonUlid === 'ignore' ? [] : [invalid('id', 'must be a valid ULID')];

/** A time of an event or write: whole seconds. */
export const timestampFaults = (timestamp: unknown): Faults =>
  timestamp === undefined || Number.isInteger(timestamp)
    ? []
    : [invalid('timestamp', 'must be a unix timestamp')];

const happeningFaults = (operation: Json, settings: FakeSettings): Faults => [
  ...nameFaults(operation['name']),
  ...eventIdFaults(operation['id'], settings.nonUlid),
  ...timestampFaults(operation['timestamp']),
  ...(operation['attributes'] === undefined || isObject(operation['attributes'])
    ? []
    : [invalid('attributes', 'must be an object')]),
];

const deviceFaults = ({ action, device }: Json): Faults => {
  if (!isObject(device)) return [required('device')];
  const token =
    typeof device['token'] === 'string' && device['token'] !== '' ? [] : [required('device.token')];
  const platforms: readonly unknown[] = ['ios', 'android'];
  const platform =
    action === 'delete_device' || platforms.includes(device['platform'])
      ? []
      : [invalid('device.platform', 'must be ios or android')];
  return [...token, ...platform];
};

const DELIVERY_EVENTS: readonly unknown[] = ['opened', 'converted', 'delivered'];

const deliveryFaults = ({ name, attributes }: Json): Faults => [
  ...(DELIVERY_EVENTS.includes(name)
    ? []
    : [invalid('name', `must be one of ${DELIVERY_EVENTS.join(', ')}`)]),
  ...(isObject(attributes) && typeof attributes['device_token'] === 'string'
    ? []
    : [required('attributes.device_token')]),
];

const bodyFaults = (operation: Json, settings: FakeSettings): Faults => {
  const { type, action } = operation;
  if (type === 'delivery') return deliveryFaults(operation);
  if (HAPPENINGS.includes(action)) return happeningFaults(operation, settings);
  if (action === 'identify' || action === 'identify_anonymous') {
    return [
      ...attributeFaults('attributes', operation['attributes']),
      ...timestampFaults(operation['timestamp']),
      ...relationsFaults(operation),
    ];
  }
  if (action === 'add_device' || action === 'delete_device') return deviceFaults(operation);
  return relationsFaults(operation);
};

/**
 * Every fault of one v2 operation (contract, sections 1 and 3).
 *
 * @param bytes the size of its JSON, when it is known
 */
export const operationFaults = (
  operation: unknown,
  settings: FakeSettings,
  bytes = bytesOf(operation),
): Faults => {
  if (!isObject(operation)) return [invalid('', 'must be an object')];
  if (bytes > FAKE_LIMITS.itemBytes)
    return [invalid('', `cannot be larger than ${FAKE_LIMITS.itemBytes} bytes`)];
  const { type, action } = operation;
  const actions = typeof type === 'string' && Object.hasOwn(ACTIONS, type) ? ACTIONS[type] : undefined;
  if (actions === undefined) return [invalid('type', 'must be person, object or delivery')];
  if (typeof action !== 'string' || !actions.includes(action)) {
    return [invalid('action', `must be one of ${actions.join(', ')}`)];
  }
  const identifiers = identifierFaults(operation);
  return identifiers.length > 0 ? identifiers : bodyFaults(operation, settings);
};
