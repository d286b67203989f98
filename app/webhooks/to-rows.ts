import { type Column, DELIVERY_EVENTS, PREFERENCES_CHANGED, type RowOf } from '../contract/warehouse.ts';
import { isoTime } from '../runtime/iso-time.ts';
import { columnValue, isObject } from './column-value.ts';
import type { JsonObject, WebhookEvent } from './reading.ts';

type Row = RowOf<'delivery_events'>;
type Draft = { -readonly [N in keyof Row]: Row[N] } & Record<string, unknown>;

const MOST_ROWS = 1_000;
const MOST_ROW_BYTES = 8_000_000;

const PARTS = ['envelope', 'data', 'identifiers', 'recipient'] as const;
type Parts = Readonly<Record<(typeof PARTS)[number], JsonObject>>;

interface Path {
  readonly part: keyof Parts;
  readonly field: string;
}

const pathOf = (path: string): Path => {
  const [first = '', field] = path.split('.');
  const part = PARTS.find((name) => name === first);
  return part === undefined || field === undefined ? { part: 'envelope', field: first } : { part, field };
};

interface Source {
  readonly name: string;
  readonly column: Column;
  readonly paths: readonly Path[];
}

/** Where each column's value stands: a part of the event and a name in it. */
const SOURCES: readonly Source[] = Object.entries<Column>(DELIVERY_EVENTS).flatMap(([name, column]) =>
  column.from === undefined ? [] : [{ name, column, paths: [column.from].flat().map(pathOf) }],
);
const REPEATED_SOURCES = SOURCES.filter(({ column }) => column.once !== true);

/** Has no fields, not even inherited ones. */
const NOTHING: JsonObject = Object.create(null);
const objectOr = (value: unknown): JsonObject => (isObject(value) ? value : NOTHING);

const valueIn = (parts: Parts, column: Column, paths: readonly Path[]): unknown => {
  for (const { part, field } of paths) {
    // No column is called like a member of Object.prototype.
    const given = parts[part][field];
    const value = given === undefined || given === null ? undefined : columnValue(column, given);
    if (value !== undefined) return value;
  }
  return undefined;
};

/** Adds the columns that have a value. */
const addValues = (row: Draft, parts: Parts, sources: readonly Source[]): void => {
  for (const { name, column, paths } of sources) {
    const value = valueIn(parts, column, paths);
    if (value !== undefined) row[name] = value;
  }
};

const recipientsOf = (data: JsonObject): readonly unknown[] | undefined => {
  const recipients = Object.hasOwn(data, 'recipients') ? data['recipients'] : undefined;
  return Array.isArray(recipients) && recipients.length > 0 ? recipients : undefined;
};

/** Rows of a push after the first repeat what its recipients share: together they stay below what a stream takes. */
const mostRows = (recipients: number, second: Row): number =>
  Math.min(recipients, MOST_ROWS, 1 + Math.floor(MOST_ROW_BYTES / Buffer.byteLength(JSON.stringify(second))));

/**
 * The rows of an event: one, or for a push one per recipient, all with the event's id and told apart by `recipient_index`.
 * What may be large (`raw`, `content`, `headers`) stands in row 0 only. At most 1,000 recipients get a row, and fewer where rows
 * are so large that together they would exceed 8 MB; `recipient_count` and `raw` tell of the others.
 *
 * @param envelope the parsed body
 * @example toRows(event, envelope)[0].event_id === event.eventId // true
 */
export const toRows = (event: WebhookEvent, envelope: JsonObject): readonly [Row, ...Row[]] => {
  const { data, metric, objectType } = event;
  const recipients = recipientsOf(data);
  const timestamp = new Date(event.timestamp).toISOString();
  const receivedAt = isoTime(event.receivedAt);
  const identifiers = objectOr(data['identifiers']);
  const rowOf = (index: number): Row => {
    const row: Draft = { event_id: event.eventId };
    const parts = { envelope, data, identifiers, recipient: objectOr(recipients?.[index]) };
    addValues(row, parts, index === 0 ? SOURCES : REPEATED_SOURCES);
    row.object_type = objectType;
    if (metric === PREFERENCES_CHANGED && objectType !== 'customer') row.causing_object_type ??= objectType;
    row.recipient_index = index;
    if (recipients) row.recipient_count = recipients.length;
    row.timestamp = timestamp;
    row.received_at = receivedAt;
    row.refilled = false;
    row.correlation_id = event.correlationId;
    if (index === 0) row.raw = event.raw;
    return row;
  };
  const rows: [Row, ...Row[]] = [rowOf(0)];
  if (recipients === undefined || recipients.length === 1) return rows;
  const second = rowOf(1);
  rows.push(second);
  const count = mostRows(recipients.length, second);
  for (let index = 2; index < count; index += 1) rows.push(rowOf(index));
  return rows;
};
