import type { EventRecord } from '../../app/contract/record.ts';
import type { BusRecord, OutgoingRecord } from '../../app/kafka/port.ts';

/** A record's value with everything it needs, a track event of u1 unless told otherwise. */
export const recordValue = (more: Partial<EventRecord> = {}): EventRecord => ({
  v: 1,
  type: 'track',
  userId: 'u1',
  messageId: 'm1',
  timestamp: '2026-01-01T00:00:00.900Z',
  receivedAt: '2026-01-01T00:00:01.000Z',
  correlationId: 'c1',
  source: 'shop',
  payload: { event: 'Bought', properties: {} },
  ...more,
});

/** A record as it is read from Kafka. */
export const busRecord = (value: unknown, headers: Readonly<Record<string, Buffer>> = {}): BusRecord => ({
  topic: 'customerio.track',
  partition: 2,
  offset: 7,
  key: 'u1',
  value: typeof value === 'string' ? Buffer.from(value) : Buffer.from(JSON.stringify(value)),
  headers,
  timestamp: 1_767_225_601_000,
});

/** The n-th event of a person, to be written. */
export const eventOf = (userId: string, name: string): OutgoingRecord => ({
  topic: 'customerio.track',
  key: userId,
  value: JSON.stringify(
    recordValue({ userId, messageId: `${userId}-${name}`, payload: { event: name, properties: {} } }),
  ),
});
