/** Limits in one place. Sizes are bytes of UTF-8 JSON. Source: Track API, its general information and v2 batch pages. */
export const LIMITS = {
  /** One event, as received and again as sent to Customer.io. */
  itemBytes: 32_000,
  /** One request to the ingest API, after decompression. */
  batchBytes: 500_000,
  /** Events of one batch: more than `batchBytes` hold of the smallest valid one. */
  batchItems: 12_500,
  /** One v2 batch to Customer.io: items (ours; the API documents none) and bytes (500,000 less room for the frame). */
  requestItems: 1000,
  requestBytes: 480_000,
  idBytes: 150,
  eventNameBytes: 100,
  messageIdBytes: 256,
  /** Levels of objects and arrays inside one event. */
  depth: 64,
  /** How long a request waits for Kafka before it is answered 503, in milliseconds. */
  kafkaWaitMs: 8_000,
  /** How long a stopping process finishes its work, in milliseconds; Cloud Run ends it after 10 s. */
  drainMs: 8_000,
  /** Bytes of events that may wait for Kafka in one ingest before new requests are answered 429. */
  waitingBytes: 32_000_000,
  /** Bytes of request bodies that may be in memory at once in one ingest. */
  bodiesBytes: 32_000_000,
} as const;
