/** Where a record failed. */
export type DeadLetterStage = 'ingest' | 'parse' | 'deliver';

/** Why a record is in customerio.dlq. */
export type DeadLetterCode =
  | 'invalid_event'
  /** Attributes that Customer.io would not take: the event was sent without them. */
  | 'attribute_too_long'
  | 'too_many_attributes'
  | 'not_json'
  | 'schema'
  | 'item_too_large'
  | 'refused';

/** Header names: those of Spring Kafka's DeadLetterPublishingRecoverer, then ours. */
export const DEAD_LETTER_HEADERS = {
  originalTopic: 'kafka_dlt-original-topic',
  originalPartition: 'kafka_dlt-original-partition',
  originalOffset: 'kafka_dlt-original-offset',
  originalTimestamp: 'kafka_dlt-original-timestamp',
  originalConsumerGroup: 'kafka_dlt-original-consumer-group',
  exceptionFqcn: 'kafka_dlt-exception-fqcn',
  exceptionMessage: 'kafka_dlt-exception-message',
  code: 'cio-error-code',
  stage: 'cio-error-stage',
  attempts: 'cio-attempts',
  correlationId: 'cio-correlation-id',
  redriveCount: 'cio-redrive-count',
} as const;

/** What is told of a dead letter; `origin` is absent at stage ingest, where the record never had coordinates. */
export interface DeadLetterFacts {
  readonly topic: string;
  readonly origin?: {
    readonly partition: number;
    readonly offset: number;
    /** Append time in milliseconds since 1970. */
    readonly timestamp: number;
    readonly group: string;
  };
  readonly code: DeadLetterCode;
  readonly stage: DeadLetterStage;
  readonly message: string;
  readonly attempts: number;
  readonly correlationId: string;
  readonly redriveCount: number;
}

const FQCN = 'customerio.platform.DeadLetter';

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

const int64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
};

/**
 * The headers of a dead letter: partition as 4 and offset and timestamp as 8 bytes big-endian, the rest UTF-8 text.
 * Source: Spring Kafka, KafkaHeaders.DLT_* and DeadLetterPublishingRecoverer.
 *
 * @example deadLetterHeaders({ topic: 'customerio.track', code: 'not_json', stage: 'parse', … })['cio-error-code'] // 'not_json'
 */
export const deadLetterHeaders = (facts: DeadLetterFacts): Record<string, Buffer | string> => {
  const names = DEAD_LETTER_HEADERS;
  const origin = facts.origin && {
    [names.originalPartition]: int32(facts.origin.partition),
    [names.originalOffset]: int64(facts.origin.offset),
    [names.originalTimestamp]: int64(facts.origin.timestamp),
    [names.originalConsumerGroup]: facts.origin.group,
  };
  return {
    [names.originalTopic]: facts.topic,
    ...origin,
    [names.exceptionFqcn]: `${FQCN}.${facts.code}`,
    [names.exceptionMessage]: facts.message,
    [names.code]: facts.code,
    [names.stage]: facts.stage,
    [names.attempts]: String(facts.attempts),
    [names.correlationId]: facts.correlationId,
    [names.redriveCount]: String(facts.redriveCount),
  };
};
