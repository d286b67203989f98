import { EVENT_TYPES, type EventType } from '../contract/http-paths.ts';
import { LIMITS } from '../contract/limits.ts';
import type { EventRecord, JsonObject, RecordType } from '../contract/record.ts';
import { EVENT_SCHEMAS } from '../contract/schemas/events.ts';
import { type Fault, faultsOf } from '../contract/schemas/fault.ts';
import { parseTime } from '../contract/schemas/timestamp.ts';
import { TOPICS } from '../contract/topics.ts';
import { rangeFaults } from '../exact-json/parse-events.ts';
import { eventAsSent } from './mapping/as-sent.ts';
import { eventTime } from './mapping/event-time.ts';
import { isTurnedOff } from './mapping/integrations.ts';
import type { LeftOutOf, Shaped, Warning } from './mapping/shape.ts';
import { shapeEvent } from './mapping/shape-event.ts';
import { tidyEvent } from './mapping/tidy-event.ts';
import { isDeeperThan, isObject } from './read-json.ts';

/** How events are read: as other pipelines' destinations read them, or as they were sent. */
export type Mapping = 'destination' | 'as-sent';

/** What a request says about all its events. */
export interface RequestFacts {
  readonly source: string;
  readonly correlationId: string;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  readonly sentAt: unknown;
  readonly mapping: Mapping;
  /** Makes the id of an event that brings none; see `Idempotency-Key`. */
  readonly newMessageId: (index: number) => string;
}

/** An event ready for Kafka. */
export interface Accepted {
  readonly kind: 'accepted';
  readonly topic: string;
  readonly key: string;
  readonly record: EventRecord;
  readonly warnings: readonly Warning[];
  readonly leftOut: readonly LeftOutOf[];
  /** Whether the event's own time was unreadable. */
  readonly isTimeReplaced: boolean;
}

/** An event that breaks rules, all of which are named. */
export interface Refused {
  readonly kind: 'refused';
  readonly tooLarge: boolean;
  /** The topic it was meant for. */
  readonly topic: string;
  readonly faults: readonly Fault[];
}

/** An event whose `integrations` keep it from Customer.io. */
export interface Filtered {
  readonly kind: 'filtered';
}

/** The place of a fault that is the whole event's. */
const WHOLE = '(event)';

const TRACK_TYPES: readonly RecordType[] = ['track', 'page', 'screen', 'metric', 'content'];

const isEventType = (type: unknown): type is EventType => EVENT_TYPES.includes(type as EventType);

const topicOf = (type: RecordType): string =>
  TRACK_TYPES.includes(type) ? TOPICS.track.name : TOPICS.identify.name;

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

const text = (value: unknown): string | undefined => {
  if (JSON.isRawJSON(value)) return value.rawJSON;
  return value == null ? undefined : String(value);
};
const iso = (ms: number): string => new Date(ms).toISOString();

type Item = Readonly<Record<string, unknown>>;

interface Identity {
  readonly userId: string | undefined;
  readonly anonymousId: string | undefined;
}

const recordOf = (
  item: Item,
  { userId, anonymousId }: Identity,
  { type, payload, identifiers }: Shaped,
  times: { readonly at: number; readonly sentAt: number | undefined },
  index: number,
  { receivedAt, source, correlationId, newMessageId }: RequestFacts,
): EventRecord => ({
  v: 1,
  type,
  ...(userId !== undefined && { userId }),
  ...(anonymousId !== undefined && { anonymousId }),
  ...(identifiers && { identifiers }),
  messageId: text(item['messageId']) || newMessageId(index),
  timestamp: iso(times.at),
  ...(times.sentAt !== undefined && { sentAt: iso(times.sentAt) }),
  receivedAt: iso(receivedAt),
  correlationId,
  source,
  payload,
  ...(item['context'] != null && { context: item['context'] as JsonObject }),
});

/** An event that passed its schema, as a record. */
const toRecord = (type: EventType, item: Item, index: number, facts: RequestFacts): Accepted | Refused => {
  const { receivedAt, mapping } = facts;
  const sentAt = parseTime(item['sentAt'] ?? facts.sentAt);
  const { timestamp, originalTimestamp } = item;
  const { at, isReplaced } = eventTime({ timestamp, originalTimestamp, sentAt, receivedAt });
  const identity = { userId: text(item['userId']), anonymousId: text(item['anonymousId']) };
  const input = { item, ...identity, seconds: Math.floor(at / 1000) };
  const event = mapping === 'as-sent' ? eventAsSent(type, input) : shapeEvent(type, input);
  if (event.kind === 'refused') return refused(type, event.faults);
  return {
    kind: 'accepted',
    topic: topicOf(event.type),
    key: identity.userId ?? identity.anonymousId ?? '',
    record: recordOf(item, identity, event, { at, sentAt }, index, facts),
    warnings: event.warnings,
    leftOut: event.leftOut,
    isTimeReplaced: isReplaced,
  };
};

/**
 * Turns one event of the Segment HTTP spec into a record, or names every rule it breaks.
 *
 * @param type the event's type as the endpoint or the item says
 * @param item the parsed event, not yet trusted
 * @param index its place in the batch
 * @param parsed the very object that was parsed, where `item` is a copy of it with more
 * @example normaliseEvent('track', { userId: 42, event: 'Bought' }, 0, facts) // { kind: 'accepted', key: '42', … }
 */
export const normaliseEvent = (
  type: unknown,
  item: unknown,
  index: number,
  facts: RequestFacts,
  parsed: unknown = item,
): Accepted | Refused | Filtered => {
  if (!isObject(item)) return refused(type, [{ field: WHOLE, rule: 'must be an object' }]);
  if (isTurnedOff(item['integrations'])) return { kind: 'filtered' };
  const tooDeep = depthFault(item);
  if (tooDeep) return refused(type, [tooDeep]);
  const tooLarge = sizeFault(item);
  if (tooLarge) return refused(type, [tooLarge], true);
  if (!isEventType(type)) {
    return refused(type, [{ field: 'type', rule: `must be one of ${EVENT_TYPES.join(', ')}` }]);
  }
  const tidy = tidyEvent(type, item, facts.mapping === 'as-sent');
  const read = EVENT_SCHEMAS[type].safeParse(tidy);
  const faults = [...(read.success ? [] : faultsOf(read.error)), ...rangeFaults(parsed as object)];
  if (faults.length > 0) return refused(type, faults);
  return toRecord(type, tidy, index, facts);
};
