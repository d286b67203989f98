/** BigQuery types that the tables use, by their GoogleSQL names. */
export type ColumnType = 'STRING' | 'INT64' | 'BOOL' | 'TIMESTAMP';

/** One column. `mode` is NULLABLE unless it says otherwise. */
export interface Column {
  readonly type: ColumnType;
  readonly mode?: 'REQUIRED' | 'REPEATED';
  readonly about: string;
  /**
   * Where its value stands in a webhook: `event_id` in the envelope, `data.…`, `identifiers.…` in `data.identifiers`,
   * `recipient.…` in one of `data.recipients`. Of several that fit, a recipient’s wins over the envelope’s, that over one in `data`,
   * and of those in `data` the first in the event. Absent: the receiver makes the value.
   */
  readonly from?: string | readonly string[];
  /** An object or array is kept as its JSON text. */
  readonly json?: true;
  /** Only in the first row of an event: it may be large, and the rows of a push share it. */
  readonly once?: true;
  /** Which events have it, where no list per metric says so ({@link METRIC_COLUMNS}). */
  readonly of?: string;
  /** Filled by Pub/Sub's `write_metadata`, never by us. */
  readonly metadata?: true;
}

const MESSAGE = 'every message';

/** Written by Pub/Sub into every table of a BigQuery subscription with `write_metadata`. */
const METADATA = {
  subscription_name: { type: 'STRING', metadata: true, about: 'subscription that wrote the row' },
  message_id: { type: 'STRING', metadata: true, about: 'Pub/Sub’s id of the message' },
  publish_time: { type: 'TIMESTAMP', metadata: true, about: 'when Pub/Sub took the message' },
  attributes: { type: 'STRING', metadata: true, about: 'attributes of the message, JSON text' },
} as const satisfies Record<string, Column>;

/**
 * The table of delivery events: one row per event, of a push one row per recipient; (`event_id`, `recipient_index`) is unique
 * once duplicates are removed. Only `event_id` is required: a value that does not fit its column leaves it null and stands in
 * `raw`. Partitioned by day on `timestamp`. Source: contract, section 7.
 */
export const DELIVERY_EVENTS = {
  event_id: { type: 'STRING', mode: 'REQUIRED', from: 'event_id', of: 'all', about: 'id of the event' },
  recipient_index: { type: 'INT64', of: 'all', about: 'place in the recipients of a push; else 0' },
  recipient_count: { type: 'INT64', of: 'pushes', about: 'recipients of a push, also those without a row' },
  object_type: {
    type: 'STRING',
    from: 'object_type',
    of: 'all',
    about: 'channel, or `customer`; of a change of preferences it may be spelt `object_type_type`',
  },
  metric: { type: 'STRING', from: 'metric', of: 'all', about: 'what happened' },
  timestamp: { type: 'TIMESTAMP', of: 'all', about: 'when it happened, to the second; partitions the table' },
  delivery_id: { type: 'STRING', from: 'data.delivery_id', of: MESSAGE, about: 'id of the delivery, opaque' },
  campaign_id: { type: 'INT64', from: 'data.campaign_id', of: 'campaigns', about: 'campaign' },
  campaign_name: { type: 'STRING', from: 'data.campaign_name', of: 'campaigns', about: 'its name' },
  broadcast_id: {
    type: 'INT64',
    from: 'data.broadcast_id',
    of: 'broadcasts',
    about: 'API-triggered broadcast',
  },
  broadcast_name: { type: 'STRING', from: 'data.broadcast_name', of: 'broadcasts', about: 'its name' },
  newsletter_id: { type: 'INT64', from: 'data.newsletter_id', of: 'newsletters', about: 'newsletter' },
  newsletter_name: { type: 'STRING', from: 'data.newsletter_name', of: 'newsletters', about: 'its name' },
  trigger_id: { type: 'INT64', from: 'data.trigger_id', of: 'broadcasts', about: 'trigger of the broadcast' },
  transactional_message_id: {
    type: 'INT64',
    from: 'data.transactional_message_id',
    of: 'transactional messages',
    about: 'transactional message; 1 without a template',
  },
  action_id: { type: 'INT64', from: 'data.action_id', of: 'campaigns, broadcasts', about: 'workflow action' },
  parent_action_id: {
    type: 'INT64',
    from: 'data.parent_action_id',
    of: 'campaigns, broadcasts',
    about: 'action that holds the variants of an A/B test',
  },
  content_id: { type: 'INT64', from: 'data.content_id', of: 'newsletters', about: 'variant of a newsletter' },
  template_id: { type: 'INT64', from: 'data.template_id', of: 'messages with a template', about: 'template' },
  journey_id: {
    type: 'STRING',
    from: 'data.journey_id',
    of: 'campaigns, broadcasts',
    about: 'the person’s way through it; a ULID, formerly an integer',
  },
  trigger_event_id: {
    type: 'STRING',
    from: 'data.trigger_event_id',
    of: 'campaigns',
    about: 'ULID of the event that began the journey',
  },
  tags: {
    type: 'STRING',
    mode: 'REPEATED',
    from: ['data.campaign_tags', 'data.broadcast_tags', 'data.newsletter_tags'],
    of: 'campaigns, broadcasts, newsletters',
    about: 'tags',
  },
  customer_id: { type: 'STRING', from: 'data.customer_id', of: 'all', about: 'deprecated: use `person_id`' },
  person_id: { type: 'STRING', from: 'identifiers.id', of: 'all', about: 'the person’s id' },
  person_email: {
    type: 'STRING',
    from: 'identifiers.email',
    of: 'all',
    about: 'the person’s e-mail address',
  },
  person_cio_id: { type: 'STRING', from: 'identifiers.cio_id', of: 'all', about: 'Customer.io’s own id' },
  person_phone: { type: 'STRING', from: 'identifiers.phone', of: 'all', about: 'the person’s phone number' },
  email_address: { type: 'STRING', from: 'data.email_address', about: 'address concerned' },
  causing_object_type: {
    type: 'STRING',
    from: ['object_type_type', 'data.object_type_type', 'data.object_type'],
    of: 'preferences',
    about:
      'channel of the message that caused a change of preferences; else `object_type`, unless `customer`',
  },
  subject: { type: 'STRING', from: 'data.subject', about: 'subject line' },
  recipient: { type: 'STRING', from: 'data.recipient', about: 'address, number, channel or URL' },
  href: { type: 'STRING', from: 'data.href', about: 'link that was clicked' },
  link_id: { type: 'INT64', from: 'data.link_id', about: 'id of that link' },
  tracked_response: {
    type: 'STRING',
    from: 'data.tracked_response',
    about: 'answer given in an in-app message',
  },
  failure_message: {
    type: 'STRING',
    from: ['recipient.failure_message', 'data.failure_message'],
    about: 'why it failed',
  },
  proxied: { type: 'BOOL', from: 'data.proxied', about: 'opened through a proxy' },
  prefetched: { type: 'BOOL', from: 'data.prefetched', about: 'opened by a prefetch' },
  synthetic: { type: 'BOOL', from: 'data.synthetic', about: 'an open inferred from a click' },
  machine: { type: 'BOOL', from: 'data.machine', about: 'clicked by a machine' },
  inbound_event_id: { type: 'STRING', from: 'data.inbound_event_id', about: 'id of the inbound message' },
  to: { type: 'STRING', from: 'data.to', about: 'number that was replied to; a keyword: quote it in SQL' },
  device_id: { type: 'STRING', from: 'recipient.device_id', about: 'token of the device' },
  device_platform: { type: 'STRING', from: 'recipient.device_platform', about: 'ios or android' },
  content: {
    type: 'STRING',
    json: true,
    once: true,
    from: 'data.content',
    about: 'body, or JSON of the preferences; only where `recipient_index` is 0',
  },
  headers: {
    type: 'STRING',
    json: true,
    once: true,
    from: 'data.headers',
    about: 'headers of the e-mail, JSON text',
  },
  received_at: { type: 'TIMESTAMP', of: 'all', about: 'when it was received' },
  refilled: { type: 'BOOL', of: 'all', about: 'whether it was fetched later instead of received' },
  correlation_id: { type: 'STRING', of: 'all', about: 'id of the request in the logs' },
  raw: {
    type: 'STRING',
    of: 'all',
    about:
      'exact text of the request; only where `recipient_index` is 0; of a row above 9.9 MB `{"omitted":{"bytes":…,"sha256":"…"}}`',
  },
  ...METADATA,
} as const satisfies Record<string, Column>;

/**
 * The table of requests that are signed but not a delivery event that could be stored as one, kept byte for byte where a row
 * can hold it. Partitioned by day on `received_at`.
 */
export const QUARANTINE = {
  event_id: { type: 'STRING', about: 'id of the event, where one could be read' },
  received_at: { type: 'TIMESTAMP', about: 'when it was received; partitions the table' },
  reason: { type: 'STRING', about: 'why it is here: one of the reasons below' },
  body_base64: {
    type: 'STRING',
    about: 'the exact bytes of the request’s body, base64; where `body_bytes` is given only the first 64 kB',
  },
  timestamp_header: { type: 'STRING', about: 'X-CIO-Timestamp, which is part of what was signed' },
  content_encoding: { type: 'STRING', about: 'Content-Encoding, if any; the body is not decoded' },
  correlation_id: { type: 'STRING', about: 'id of the request in the logs' },
  ...METADATA,
  body_bytes: { type: 'INT64', about: 'length of a body that is too large to be kept whole' },
  body_sha256: { type: 'STRING', about: 'SHA-256 of such a body, hexadecimal' },
} as const satisfies Record<string, Column>;

/**
 * How far an event's `timestamp` may be from now, in days. Customer.io sends again for 7 days (contract, section 7), so 30
 * leave room for a clock or a backlog. BigQuery itself refuses a streamed row more than 1825 days back or 366 ahead
 * (its message is quoted in https://github.com/mozilla/gcp-ingestion/pull/2721), and drops at once a row whose
 * partition has expired: the table must keep partitions longer than `past`.
 */
export const EVENT_WINDOW_DAYS = { past: 30, future: 1 } as const;

export const TABLES = { delivery_events: DELIVERY_EVENTS, quarantine: QUARANTINE } as const;
export type TableName = keyof typeof TABLES;

/** The name of a column of {@link DELIVERY_EVENTS}. */
export type EventColumn = keyof typeof DELIVERY_EVENTS;

const ADDRESSED = ['subject', 'recipient'] as const;
const FAILED = ['failure_message'] as const;
const RECIPIENT = ['recipient'] as const;
const SENT = ['recipient', 'content'] as const;
const CLICKED = ['recipient', 'href', 'link_id'] as const;
const BOUNCED = ['subject', 'recipient', 'failure_message'] as const;
const DEVICE = ['device_id', 'device_platform'] as const;
const DEVICE_FAILED = ['device_id', 'device_platform', 'failure_message'] as const;
/** The metric of which the payload spells its keys in more than one way. Source: contract, section 7.2. */
export const PREFERENCES_CHANGED = 'cio_subscription_preferences_changed';
const PREFERENCES = { [PREFERENCES_CHANGED]: ['email_address', 'content'] } as const;
const CHANNEL = { drafted: [], attempted: FAILED, failed: FAILED, undeliverable: FAILED } as const;
const TEXT = {
  ...CHANNEL,
  ...PREFERENCES,
  sent: SENT,
  delivered: SENT,
  converted: SENT,
  clicked: CLICKED,
  bounced: ['recipient', 'failure_message'],
  dropped: ['recipient', 'failure_message'],
  replied: ['inbound_event_id', 'to', 'recipient'],
} as const;
const POSTED = { ...CHANNEL, ...PREFERENCES, sent: SENT, converted: SENT, clicked: CLICKED } as const;

/** The documented events and the columns each fills beside those of its origin. Source: contract, section 7.2. */
export const METRIC_COLUMNS = {
  customer: { subscribed: ['email_address'], unsubscribed: ['email_address'], ...PREFERENCES },
  email: {
    ...PREFERENCES,
    drafted: ADDRESSED,
    attempted: FAILED,
    sent: ['subject', 'recipient', 'content', 'headers'],
    delivered: ADDRESSED,
    opened: ['subject', 'recipient', 'proxied', 'prefetched', 'synthetic'],
    clicked: ['subject', 'recipient', 'href', 'link_id', 'machine'],
    converted: ADDRESSED,
    unsubscribed: ADDRESSED,
    spammed: ADDRESSED,
    bounced: BOUNCED,
    dropped: BOUNCED,
    deferred: BOUNCED,
    failed: ['subject', 'failure_message'],
    undeliverable: BOUNCED,
  },
  push: {
    ...CHANNEL,
    ...PREFERENCES,
    sent: [...DEVICE_FAILED, 'content'],
    delivered: DEVICE,
    opened: DEVICE,
    converted: DEVICE,
    clicked: [...DEVICE, 'href', 'link_id'],
    bounced: DEVICE_FAILED,
    dropped: DEVICE_FAILED,
  },
  sms: TEXT,
  whatsapp: { ...TEXT, opened: RECIPIENT },
  in_app: { ...POSTED, opened: [], clicked: [...CLICKED, 'tracked_response'] },
  slack: POSTED,
  webhook: POSTED,
} as const satisfies Record<string, Record<string, readonly EventColumn[]>>;

export type ObjectType = keyof typeof METRIC_COLUMNS;
/** `email:bounced` and so on: every documented pair. */
export type ObjectMetric = {
  [O in ObjectType]: `${O}:${keyof (typeof METRIC_COLUMNS)[O] & string}`;
}[ObjectType];
/** Every documented metric. */
export type Metric = ObjectMetric extends infer P ? (P extends `${string}:${infer M}` ? M : never) : never;

type Scalar = { STRING: string; INT64: number; BOOL: boolean; TIMESTAMP: string };
type Value<C extends Column> = C extends { mode: 'REPEATED' }
  ? readonly Scalar[C['type']][]
  : Scalar[C['type']];
type Columns<T extends TableName> = (typeof TABLES)[T];
type OursIn<C> = { [N in keyof C]: C[N] extends { metadata: true } ? never : N }[keyof C];
type RequiredIn<C> = { [N in keyof C]: C[N] extends { mode: 'REQUIRED' } ? N : never }[keyof C];

/**
 * A row as it is published: required columns, then those that may be absent (null). Times are RFC 3339 in UTC with `Z`, and
 * integers are safe ones; Pub/Sub's own columns are not in it.
 */
export type RowOf<T extends TableName> = {
  readonly [N in RequiredIn<Columns<T>>]: Columns<T>[N] extends Column ? Value<Columns<T>[N]> : never;
} & {
  readonly [N in Exclude<OursIn<Columns<T>>, RequiredIn<Columns<T>>>]?: Columns<T>[N] extends Column
    ? Value<Columns<T>[N]>
    : never;
};
