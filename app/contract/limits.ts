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
  /** Attributes of one person, object or relationship: how many, and the bytes of a name and of a value. */
  attributes: 300,
  attributeNameBytes: 150,
  attributeBytes: 1_000,
  messageIdBytes: 256,
  /** Fewer characters of a write key can be guessed. */
  leastKeyCharacters: 16,
  /** More is refused wherever a key may stand. */
  mostKeyCharacters: 1_024,
  /** Levels of objects and arrays inside one event. */
  depth: 64,
  /** How long a request waits for Kafka before it is answered 503, in milliseconds. */
  kafkaWaitMs: 8_000,
  /** How long a stopping process finishes its work, in milliseconds; Cloud Run ends it after 10 s. */
  drainMs: 8_000,
  /** Bytes of request bodies, as they came, that may be in memory at once in one ingest. */
  bodiesBytes: 32_000_000,
  /** Bytes that bodies may become in one ingest: parsed, and as records until Kafka has them. */
  workBytes: 64_000_000,
  /** Bytes of the records that one request has at a time; a larger one goes into Kafka in slices. */
  sliceBytes: 2_000_000,
  /** Bytes that the context of a batch may become, copied into each of its events. */
  batchContextBytes: 5_000_000,
  /** How long a request body may take: this, and the time that its size takes at this rate. */
  bodyGraceMs: 5_000,
  bodyBytesPerSecond: 50_000,
  /** Refused items of a request that become dead letters of their own; the others share some of so many bytes. */
  deadLettersOfRequest: 100,
  sharedDeadLetterBytes: 400_000,
  /** Errors that one answer lists. */
  errorsOfAnswer: 100,
  /** Bytes of a publish request to Pub/Sub as it goes over the wire, so the most of one message. Source: https://cloud.google.com/pubsub/quotas, resource limits. */
  publishBytes: 10_000_000,
  /** Bytes of a row's JSON: the rest of a message is for the topic's name and attributes, also those that Pub/Sub adds to a dead letter. */
  rowBytes: 9_900_000,
  /** Requests that one connection may have sent without reading their answers. */
  unansweredRequests: 100,
} as const;
