import { EVENT_TYPES, type EventType } from '../contract/http-paths.ts';
import { LIMITS } from '../contract/limits.ts';
import type { EventRecord, JsonObject } from '../contract/record.ts';
import { EVENT_SCHEMAS } from '../contract/schemas/events.ts';
import { type Fault, faultsOf } from '../contract/schemas/fault.ts';
import { parseTime } from '../contract/schemas/timestamp.ts';
import { TOPICS } from '../contract/topics.ts';
import { effectiveTime } from './effective-time.ts';
import { isDeeperThan, isObject } from './read-json.ts';

/** What a request says about all its events. */
export interface RequestFacts {
  readonly source: string;
  readonly correlationId: string;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  readonly sentAt: unknown;
  /** Makes the id of an event that brings none; see `Idempotency-Key`. */
  readonly newMessageId: (index: number) => string;
}

/** An event ready for Kafka. */
export interface Accepted {
  readonly kind: 'accepted';
  readonly topic: string;
  readonly key: string;
  readonly record: EventRecord;
}

/** An event that breaks rules, all of which are named. */
export interface Refused {
  readonly kind: 'refused';
  readonly tooLarge: boolean;
  /** The topic it was meant for. */
  readonly topic: string;
  readonly faults: readonly Fault[];
}

/** The place of a fault that is the whole event's. */
const WHOLE = '(event)';

const isEventType = (type: unknown): type is EventType => EVENT_TYPES.includes(type as EventType);

const topicOf = (type: EventType): string =>
  type === 'track' || type === 'page' || type === 'screen' ? TOPICS.track.name : TOPICS.identify.name;

const refused = (type: unknown, faults: readonly Fault[], tooLarge = false): Refused => ({
  kind: 'refused',
  tooLarge,
  topic: isEventType(type) ? topicOf(type) : TOPICS.track.name,
  faults,
});

const depthFault = (item: object): Fault | undefined =>
  isDeeperThan(item, LIMITS.depth)
    ? { field: WHOLE, rule: `must not nest deeper than ${LIMITS.depth} levels` }
    : undefined;

const sizeFault = (item: object): Fault | undefined => {
  const bytes = Buffer.byteLength(JSON.stringify(item));
  return bytes > LIMITS.itemBytes
    ? { field: WHOLE, rule: `must not be larger than ${LIMITS.itemBytes} bytes of JSON, got ${bytes}` }
    : undefined;
};

const text = (value: unknown): string | undefined => (value == null ? undefined : String(value));
const orEmpty = (value: unknown): JsonObject => (value == null ? {} : (value as JsonObject));
const iso = (ms: number): string => new Date(ms).toISOString();

type Item = Readonly<Record<string, unknown>>;

const namedPage = (item: Item): JsonObject => ({
  ...(item['name'] != null && { name: item['name'] }),
  ...(item['category'] != null && { category: item['category'] }),
  properties: orEmpty(item['properties']),
});

const PAYLOADS: Readonly<Record<EventType, (item: Item) => JsonObject>> = {
  identify: (item) => ({ traits: orEmpty(item['traits']) }),
  track: (item) => ({ event: item['event'], properties: orEmpty(item['properties']) }),
  page: namedPage,
  screen: namedPage,
  group: (item) => ({ groupId: text(item['groupId']), traits: orEmpty(item['traits']) }),
  alias: (item) => ({ previousId: text(item['previousId']) }),
};

const recordOf = (type: EventType, item: Item, index: number, facts: RequestFacts): EventRecord => {
  const { receivedAt, source, correlationId } = facts;
  const sentAt = parseTime(item['sentAt'] ?? facts.sentAt);
  const userId = text(item['userId']);
  const anonymousId = text(item['anonymousId']);
  return {
    v: 1,
    type,
    ...(userId !== undefined && { userId }),
    ...(anonymousId !== undefined && { anonymousId }),
    messageId: text(item['messageId']) || facts.newMessageId(index),
    timestamp: iso(effectiveTime({ timestamp: item['timestamp'], sentAt, receivedAt })),
    ...(sentAt !== undefined && { sentAt: iso(sentAt) }),
    receivedAt: iso(receivedAt),
    correlationId,
    source,
    payload: PAYLOADS[type](item),
    ...(item['context'] != null && { context: item['context'] as JsonObject }),
  };
};

/**
 * Turns one event of the Segment HTTP spec into a record, or names every rule it breaks.
 *
 * @param type the event's type as the endpoint or the item says
 * @param item the parsed event, not yet trusted
 * @param index its place in the batch
 * @example normaliseEvent('track', { userId: 42, event: 'Bought' }, 0, facts) // { kind: 'accepted', key: '42', … }
 */
export const normaliseEvent = (
  type: unknown,
  item: unknown,
  index: number,
  facts: RequestFacts,
): Accepted | Refused => {
  if (!isObject(item)) return refused(type, [{ field: WHOLE, rule: 'must be an object' }]);
  const tooDeep = depthFault(item);
  if (tooDeep) return refused(type, [tooDeep]);
  const tooLarge = sizeFault(item);
  if (tooLarge) return refused(type, [tooLarge], true);
  if (!isEventType(type)) {
    return refused(type, [{ field: 'type', rule: `must be one of ${EVENT_TYPES.join(', ')}` }]);
  }
  const parsed = EVENT_SCHEMAS[type].safeParse(item);
  if (!parsed.success) return refused(type, faultsOf(parsed.error));
  const record = recordOf(type, item, index, facts);
  return { kind: 'accepted', topic: topicOf(type), key: record.userId ?? record.anonymousId ?? '', record };
};
