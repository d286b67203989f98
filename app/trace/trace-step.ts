/** One thing that happened, with every id that is known of it. */
export interface TraceStep {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** A topic, or a table of the warehouse. */
  readonly where: string;
  /** `quarantined` and `refused` are webhooks that are no delivery event: kept as they came, or not taken by BigQuery. */
  readonly kind: 'accepted' | 'dead' | 'processed' | 'message' | 'quarantined' | 'refused';
  /** What happened, in words. */
  readonly what: string;
  /** The id under which Customer.io is sent the event. */
  readonly eventId?: string;
  readonly messageId?: string;
  /** The id of the request that brought the event, or the webhook. */
  readonly correlationId?: string;
  readonly deliveryId?: string;
  readonly person?: string;
  /** `track`, `identify` and so on. */
  readonly type?: string;
  /** Of a message: `sent`, `bounced` and so on. */
  readonly metric?: string;
  /** The `event_id` of a webhook. */
  readonly webhookId?: string;
}

/** What is known of an id. */
export interface Trace {
  /** Oldest first. */
  readonly steps: readonly TraceStep[];
  /** What was looked at; false: not to its end. */
  readonly searched: Readonly<Record<string, boolean>>;
}
