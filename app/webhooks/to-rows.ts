import { type Column, DELIVERY_EVENTS, type RowOf } from '../contract/warehouse.ts';
import { columnValue, isObject } from './column-value.ts';
import type { JsonObject, WebhookEvent } from './reading.ts';

type Row = RowOf<'delivery_events'>;

const MOST_ROWS = 100;
const MOST_ROW_BYTES = 8_000_000;

interface Path {
  readonly part: string;
  readonly field: string;
}

const pathOf = (path: string): Path => {
  const [part = '', field] = path.split('.');
  return field === undefined ? { part: 'envelope', field: part } : { part, field };
};

/** Where each column's value stands: a part of the event and a name in it. */
const SOURCES = Object.entries<Column>(DELIVERY_EVENTS).flatMap(([name, column]) =>
  column.from === undefined ? [] : [{ name, column, paths: [column.from].flat().map(pathOf) }],
);

type Parts = Readonly<Record<string, unknown>>;

const valueIn = (parts: Parts, column: Column, paths: readonly Path[]): unknown => {
  for (const { part, field } of paths) {
    const object = parts[part];
    if (!isObject(object) || !Object.hasOwn(object, field)) continue;
    const value = columnValue(column, object[field]);
    if (value !== undefined) return value;
  }
  return undefined;
};

/** The columns that have a value. */
const valuesOf = (parts: Parts): Record<string, unknown> => {
  const values: Record<string, unknown> = {};
  for (const { name, column, paths } of SOURCES) {
    const value = valueIn(parts, column, paths);
    if (value !== undefined) values[name] = value;
  }
  return values;
};

const recipientsOf = (data: JsonObject): readonly unknown[] | undefined => {
  const recipients = Object.hasOwn(data, 'recipients') ? data['recipients'] : undefined;
  return Array.isArray(recipients) && recipients.length > 0 ? recipients : undefined;
};

/** Each row repeats what the recipients share, so a large body gets few: together they stay below what a stream takes. */
const rowsFor = (recipients: number, raw: string): number =>
  Math.max(1, Math.min(recipients, MOST_ROWS, Math.floor(MOST_ROW_BYTES / raw.length)));

/**
 * The rows of an event: one, or for a push one per recipient, all with the event's id and told apart by `recipient_index`.
 * Only row 0 holds `raw`, which keeps a push to many devices small. At most 100 recipients, and fewer of a body above 80 KB,
 * get a row; `recipient_count` and `raw` tell of the others.
 *
 * @param envelope the parsed body
 * @example toRows(event, envelope)[0].event_id === event.eventId // true
 */
export const toRows = (event: WebhookEvent, envelope: JsonObject): readonly [Row, ...Row[]] => {
  const { data, raw } = event;
  const recipients = recipientsOf(data);
  const rowOf = (index: number): Row => {
    const parts = { envelope, data, identifiers: data['identifiers'], recipient: recipients?.[index] };
    return Object.assign(valuesOf(parts), {
      event_id: event.eventId,
      recipient_index: index,
      ...(recipients && { recipient_count: recipients.length }),
      timestamp: new Date(event.timestamp).toISOString(),
      received_at: new Date(event.receivedAt).toISOString(),
      refilled: false,
      correlation_id: event.correlationId,
      ...(index === 0 && { raw }),
    });
  };
  const count = rowsFor(recipients?.length ?? 1, raw);
  return [rowOf(0), ...Array.from({ length: count - 1 }, (_, index) => rowOf(index + 1))];
};
