import type { EventType } from './http-paths.ts';

/** Types that arrive by Kafka only: their payload is the rest of their v2 body. */
export const PERSON_TYPES = ['delete', 'suppress', 'unsuppress', 'merge', 'device'] as const;

export type RecordType = EventType | (typeof PERSON_TYPES)[number];

/** A JSON object as it came. */
export type JsonObject = { readonly [name: string]: unknown };

/**
 * The value of a record on customerio.identify and customerio.track, as JSON. Its key is the person's id.
 * Times are RFC 3339 in UTC with milliseconds; `timestamp` is the effective time: corrected for the client's clock, never
 * later than `receivedAt`.
 */
export interface EventRecord {
  readonly v: 1;
  readonly type: RecordType;
  readonly userId?: string;
  readonly anonymousId?: string;
  /** Absent only in records that an application wrote to Kafka itself. */
  readonly messageId?: string;
  readonly timestamp: string;
  readonly sentAt?: string;
  readonly receivedAt: string;
  readonly correlationId: string;
  /** The name of the write key, or of the application that wrote the record. */
  readonly source: string;
  readonly payload: JsonObject;
  readonly context?: JsonObject;
}

/** Names of record headers that are ours. */
export const HEADERS = {
  /** `<instance>:<round>`: orders records of one producer whose append times are equal. */
  round: 'cio-round',
  /** The event id, fixed when a record enters the dead-letter queue; wins over everything. */
  eventId: 'cio-event-id',
  traceparent: 'traceparent',
} as const;
