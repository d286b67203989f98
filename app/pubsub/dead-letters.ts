import type { TopicMessage } from './to-message.ts';

/** A message that a subscription gave up, as it lies in the dead-letter topic. */
export interface DeadLetter {
  /** Id in the dead-letter topic: the same each time it is pulled. */
  readonly id: string;
  /** What this pull of it is acknowledged by. */
  readonly ackId: string;
  /** The message as it was published first. */
  readonly message: TopicMessage;
  readonly table: string | undefined;
  readonly eventId: string | undefined;
  /** Why BigQuery refused it, in Pub/Sub's words. */
  readonly reason: string | undefined;
  /** When it was published first, in milliseconds since 1970. */
  readonly publishedAt: number;
}

/** The dead letters of a topic and the way back. What was pulled is nobody else's until it is released or its lease ends. */
export interface DeadLetters {
  /** Takes at most so many; none when there are none now. @throws StreamError */
  pull(most: number): Promise<readonly DeadLetter[]>;
  /** Publishes their messages again, in one request. @throws StreamError when they may not be stored */
  republish(letters: readonly DeadLetter[]): Promise<void>;
  /** Removes them for good. @throws StreamError */
  acknowledge(letters: readonly Pick<DeadLetter, 'ackId'>[]): Promise<void>;
  /** Gives them back at once. @throws StreamError */
  release(letters: readonly Pick<DeadLetter, 'ackId'>[]): Promise<void>;
  close(): Promise<void>;
}

/** How long a pulled letter is leased, in milliseconds: the most that Pub/Sub grants. */
export const LEASE_MS = 600_000;

/** What Pub/Sub adds to a dead letter. Source: https://docs.cloud.google.com/pubsub/docs/dead-letter-topics and …/bigquery. */
const ADDED = 'CloudPubSubDeadLetter';
const PUBLISH_TIME = `${ADDED}SourceTopicPublishTime`;
const REASON = `${ADDED}SourceDeliveryErrorMessage`;

/** A message as it is pulled from the dead-letter topic. */
export interface PulledMessage {
  readonly id: string;
  readonly ackId: string;
  readonly data: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
  /** When the letter itself was published, in milliseconds since 1970. */
  readonly publishedAt: number;
}

/**
 * Reads a dead letter: its message has the attributes it was published with, without those that Pub/Sub added.
 *
 * @example toDeadLetter({ …, attributes: { table: 'quarantine', CloudPubSubDeadLetterSourceDeliveryCount: '50' } }).message.attributes // { table: 'quarantine' }
 */
export const toDeadLetter = ({ id, ackId, data, attributes, publishedAt }: PulledMessage): DeadLetter => {
  const first = Date.parse(attributes[PUBLISH_TIME] ?? '');
  const own = Object.entries(attributes).filter(([name]) => !name.startsWith(ADDED));
  return {
    id,
    ackId,
    message: { data, attributes: Object.fromEntries(own) },
    table: attributes['table'],
    eventId: attributes['event_id'],
    reason: attributes[REASON],
    publishedAt: Number.isNaN(first) ? publishedAt : first,
  };
};
