import type { EventStream, StreamMessage } from '../pubsub/port.ts';
import type { Reading } from './reading.ts';

/** The messages of a webhook: one per row. */
const messagesOf = (reading: Reading): readonly StreamMessage[] => {
  if (reading.kind === 'rows') {
    return reading.rows.map((row) => ({ table: 'delivery_events', row, eventId: row.event_id }));
  }
  const { row } = reading;
  return [{ table: 'quarantine', row, ...(row.event_id !== undefined && { eventId: row.event_id }) }];
};

/**
 * A listener of `*` that publishes every row and settles once the stream has acknowledged them all.
 *
 * @example webhooks.on('*', streamTo(stream))
 */
export const streamTo =
  (stream: Pick<EventStream, 'publish'>): ((reading: Reading) => Promise<void>) =>
  (reading) =>
    stream.publish(messagesOf(reading));
