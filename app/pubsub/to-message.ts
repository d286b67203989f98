import { LIMITS } from '../contract/limits.ts';
import type { StreamMessage } from './port.ts';
import { StreamError } from './stream-error.ts';

/** A message as Pub/Sub has it. */
export interface TopicMessage {
  readonly data: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A message and what it counts, in bytes of a publish request. */
export interface SizedMessage {
  readonly message: TopicMessage;
  readonly bytes: number;
}

/** What a request of one message holds beside it: the topic's name, lengths and tags. */
const FRAME_BYTES = 1_000;

/** The bytes that a message counts in a publish request. */
export const sizeOf = ({ data, attributes }: TopicMessage): number => {
  let bytes = data.byteLength + FRAME_BYTES;
  for (const name in attributes) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(attributes[name] ?? '') + 8;
  }
  return bytes;
};

/**
 * A row as a message: its JSON, with `table`, by which subscriptions filter, and `event_id`, where there is one, as attributes.
 *
 * @throws StreamError `too_large` above Pub/Sub's 10 MB
 * @example toMessage({ table: 'quarantine', row: { reason: 'empty' } }).bytes // 1038
 */
export const toMessage = ({ table, row, eventId }: StreamMessage): SizedMessage => {
  // Half of a surrogate pair is no UTF-8, and one such attribute would have the whole request refused.
  const attributes = eventId === undefined ? { table } : { table, event_id: eventId.toWellFormed() };
  const message = { data: Buffer.from(JSON.stringify(row)), attributes };
  const bytes = sizeOf(message);
  if (bytes > LIMITS.publishBytes) {
    throw new StreamError(
      'too_large',
      `a row of ${table} takes ${bytes} bytes as a message; Pub/Sub takes ${LIMITS.publishBytes}`,
    );
  }
  return { message, bytes };
};
