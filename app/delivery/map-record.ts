import {
  type AnonymousEvent,
  aliasOperation,
  eventOperation,
  groupOperation,
  identifyOperation,
  type Operation,
} from '../contract/operations.ts';
import type { EventRecord, JsonObject } from '../contract/record.ts';
import { parseTime } from '../contract/schemas/timestamp.ts';
import { pageName } from './page-name.ts';

/** How a record is sent: an item of a v2 batch, or an anonymous event in a v1 request of its own. */
export type Mapped =
  | { readonly kind: 'operation'; readonly operation: Operation }
  | { readonly kind: 'anonymous'; readonly anonymousId: string; readonly event: AnonymousEvent };

/** A record whose payload does not fit its type. */
export class MappingError extends Error {
  override readonly name = 'MappingError';
}

const ACTIONS = { track: 'event', page: 'page', screen: 'screen' } as const;
type Happening = keyof typeof ACTIONS;

const isHappening = (type: string): type is Happening => Object.hasOwn(ACTIONS, type);

const objectAt = (payload: JsonObject, name: string): JsonObject => {
  const value = payload[name] ?? {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as JsonObject;
  throw new MappingError(`payload.${name} must be an object`);
};

const textAt = (payload: JsonObject, name: string): string => {
  const value = payload[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new MappingError(`payload.${name} must be a string that is not empty`);
};

const userOf = (record: EventRecord): string => {
  if (record.userId !== undefined) return String(record.userId);
  throw new MappingError(`userId is required for ${record.type}`);
};

/** The name that an event carries, and that is part of its identity; empty for types without one. */
export const eventNameOf = ({ type, payload }: EventRecord): string => {
  if (type === 'track') return textAt(payload, 'event');
  return type === 'page' || type === 'screen' ? pageName(type, payload) : '';
};

const mapHappening = (record: EventRecord, type: Happening, id: string, timestamp: number): Mapped => {
  const { payload } = record;
  const name = eventNameOf(record);
  const properties = objectAt(payload, 'properties');
  const attributes =
    typeof payload['category'] === 'string' ? { ...properties, category: payload['category'] } : properties;
  if (record.userId !== undefined) {
    const userId = String(record.userId);
    return {
      kind: 'operation',
      operation: eventOperation({ userId, timestamp, action: ACTIONS[type], name, id, attributes }),
    };
  }
  const kind = type === 'track' ? {} : { type };
  return {
    kind: 'anonymous',
    anonymousId: String(record.anonymousId),
    event: { name, ...kind, id, timestamp, data: attributes },
  };
};

const DEVICE_ACTIONS: readonly unknown[] = ['add_device', 'delete_device'];

const personOperation = (record: EventRecord): Operation => {
  const { type, payload } = record;
  const identifiers = { id: userOf(record) };
  if (type === 'merge')
    return {
      type: 'person',
      action: 'merge',
      primary: objectAt(payload, 'primary'),
      secondary: objectAt(payload, 'secondary'),
    };
  if (type !== 'device') return { ...payload, type: 'person', identifiers, action: type };
  const action = payload['action'];
  if (!DEVICE_ACTIONS.includes(action))
    throw new MappingError(`payload.action must be one of ${DEVICE_ACTIONS.join(', ')}`);
  return { type: 'person', identifiers, action: String(action), device: objectAt(payload, 'device') };
};

const mapWrite = (record: EventRecord, timestamp: number): Operation => {
  const { type, payload, anonymousId } = record;
  const userId = userOf(record);
  if (type === 'identify') {
    const traits = objectAt(payload, 'traits');
    return identifyOperation({
      userId,
      timestamp,
      traits,
      ...(anonymousId !== undefined && { anonymousId: String(anonymousId) }),
    });
  }
  if (type === 'group')
    return groupOperation({
      userId,
      groupId: textAt(payload, 'groupId'),
      traits: objectAt(payload, 'traits'),
    });
  if (type === 'alias') return aliasOperation({ userId, previousId: textAt(payload, 'previousId') });
  return personOperation(record);
};

/**
 * Turns a record into what Customer.io takes.
 *
 * @param id the event's id, a ULID
 * @throws MappingError when the payload does not fit the type; names the field and the rule
 * @example mapRecord({ type: 'track', userId: 'u1', payload: { event: 'Bought', properties: {} }, … }, id)
 */
export const mapRecord = (record: EventRecord, id: string): Mapped => {
  const timestamp = Math.floor((parseTime(record.timestamp) ?? 0) / 1000);
  if (isHappening(record.type)) return mapHappening(record, record.type, id, timestamp);
  return { kind: 'operation', operation: mapWrite(record, timestamp) };
};
