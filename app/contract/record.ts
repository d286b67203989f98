import { EVENT_TYPES, type EventType } from './http-paths.ts';

/** Types of record that have no path of their own: commands of track calls, and what applications write to Kafka themselves. */
const COMMAND_TYPES = [
  'delete',
  'suppress',
  'unsuppress',
  'merge',
  'device',
  'object',
  'metric',
  'content',
] as const;

/** Every type of record on customerio.identify and customerio.track. */
export const RECORD_TYPES = [...EVENT_TYPES, ...COMMAND_TYPES] as const;

export type RecordType = EventType | (typeof COMMAND_TYPES)[number];

/** A JSON object as it came. */
export type JsonObject = { readonly [name: string]: unknown };

/** Who a person is at Customer.io: exactly one identifier, of 1 to 150 bytes. `cio_id` is without the prefix `cio_`. */
export type PersonIdentifiers =
  | { readonly id: string }
  | { readonly email: string }
  | { readonly cio_id: string };

/** Which object at Customer.io. */
export type ObjectIdentifiers = { readonly object_type_id: string; readonly object_id: string };

/** A person's relationship to an object, as an item of `cio_relationships`. */
export type Relationship = {
  readonly identifiers: ObjectIdentifiers;
  readonly relationship_attributes?: JsonObject;
};

type Properties = { readonly properties: JsonObject };
/** `name` is what Customer.io is sent. A record without one is named by its properties; a `category` becomes an attribute. */
type ViewPayload = Properties & { readonly name?: string; readonly category?: string };
type Nothing = { readonly [name: string]: never };

/** The payload of each type of record. A writer makes exactly these; a reader checks them, since anybody may write to Kafka. */
export type RecordPayloads = {
  readonly identify: { readonly traits: JsonObject; readonly relationships?: readonly Relationship[] };
  readonly track: Properties & { readonly event: string };
  readonly page: ViewPayload;
  readonly screen: ViewPayload;
  /**
   * With `objectTypeId` the traits are the object's attributes as they are. Without it, a trait `object_type_id` or `objectTypeId` names
   * the type of the object, else it is "1".
   */
  readonly group: {
    readonly groupId: string;
    readonly objectTypeId?: string;
    readonly traits: JsonObject;
    readonly relationshipAttributes?: JsonObject;
  };
  /** The person known by `previousIdentifiers`, else by the id `previousId`, is merged into the record's person. */
  readonly alias: { readonly previousId: string; readonly previousIdentifiers?: PersonIdentifiers };
  readonly delete: Nothing;
  readonly suppress: Nothing;
  readonly unsuppress: Nothing;
  readonly merge: { readonly primary: PersonIdentifiers; readonly secondary: PersonIdentifiers };
  readonly device: { readonly action: 'add_device' | 'delete_device'; readonly device: JsonObject };
  /** Deletes an object, or the record's person's relationship to it. */
  readonly object: {
    readonly action: 'delete' | 'delete_relationships';
    readonly object: ObjectIdentifiers;
  };
  /** What a delivery came to, as Track API v1 `POST /metrics` takes it; its time is the record's. */
  readonly metric: {
    readonly delivery_id: string;
    readonly metric: string;
    readonly recipient?: string;
    readonly reason?: string;
    readonly href?: string;
    readonly metadata?: JsonObject;
  };
  readonly content: {
    readonly action: 'viewed_content' | 'clicked_content';
    readonly attributes: JsonObject;
  };
};

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
  /** Who the person is at Customer.io; absent: whom `userId` names as an id, and nobody known where there is none. */
  readonly identifiers?: PersonIdentifiers;
  /** Absent only in records that an application wrote to Kafka itself. */
  readonly messageId?: string;
  readonly timestamp: string;
  readonly sentAt?: string;
  readonly receivedAt: string;
  readonly correlationId: string;
  /** The name of the write key, or of the application that wrote the record. */
  readonly source: string;
  /** See {@link RecordPayloads}. */
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
