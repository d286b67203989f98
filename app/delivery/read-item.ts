import { LIMITS } from '../contract/limits.ts';
import { type EventRecord, HEADERS } from '../contract/record.ts';
import type { BusRecord } from '../kafka/port.ts';
import { eventId, isUlid } from './engine/event-id.ts';
import type { Sendable } from './engine/take-request.ts';
import { mapRecord } from './map-record.ts';
import type { Mapped } from './mapping/mapped.ts';
import { nameOf } from './mapping/name-of.ts';
import { MappingError } from './mapping/payload.ts';
import { parseRecord, type Unsendable } from './parse-record.ts';

/** A record on its way: what it came as, who it is about, and what is sent. */
export interface Item extends Sendable {
  readonly kind: 'item';
  readonly source: BusRecord;
  readonly key: string;
  readonly id: string;
  readonly correlationId: string;
  readonly mapped: Mapped;
}

const headerId = (source: BusRecord): string | undefined => {
  const text = source.headers[HEADERS.eventId]?.toString('utf8');
  return text !== undefined && isUlid(text) ? text : undefined;
};

/** Where a record first stood: the identity of one that brings no messageId. */
const coordinates = ({ topic, partition, offset }: BusRecord): string => `${topic}-${partition}-${offset}`;

const idOf = (source: BusRecord, record: EventRecord, key: string): string =>
  headerId(source) ??
  eventId({
    source: record.source,
    type: record.type,
    key,
    name: nameOf(record),
    messageId: String(record.messageId ?? '') || coordinates(source),
  });

const sentOf = (mapped: Mapped): object => {
  if (mapped.kind === 'operation') return mapped.operation;
  return mapped.kind === 'anonymous' ? mapped.event : mapped.report;
};

const toItem = (source: BusRecord, record: EventRecord): Item | Unsendable => {
  const key = String(record.userId ?? record.anonymousId);
  const id = idOf(source, record, key);
  const mapped = mapRecord(record, id);
  const bytes = Buffer.byteLength(JSON.stringify(sentOf(mapped)));
  if (bytes > LIMITS.itemBytes) {
    const message = `must not be larger than ${LIMITS.itemBytes} bytes as sent to Customer.io, got ${bytes}`;
    return { kind: 'unsendable', code: 'item_too_large', message };
  }
  const alone = mapped.kind !== 'operation';
  return { kind: 'item', source, key, id, correlationId: record.correlationId, mapped, bytes, alone };
};

/**
 * Reads a record into an item, or says why it can never be sent.
 *
 * @example readItem(record) // { kind: 'item', id: '3J…', … }
 */
export const readItem = (source: BusRecord): Item | Unsendable => {
  const parsed = parseRecord(source.value);
  if (parsed.kind === 'unsendable') return parsed;
  try {
    return toItem(source, parsed.record);
  } catch (error) {
    const message = error instanceof MappingError ? error.message : `cannot be mapped: ${String(error)}`;
    return { kind: 'unsendable', code: 'schema', message };
  }
};
