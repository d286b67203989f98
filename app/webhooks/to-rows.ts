import { type Column, DELIVERY_EVENTS, PREFERENCES_CHANGED, type RowOf } from '../contract/warehouse.ts';
import { isoTime } from '../runtime/iso-time.ts';
import { columnValue, isObject } from './column-value.ts';
import { fitRow } from './fit-row.ts';
import type { JsonObject, WebhookEvent } from './reading.ts';

type Row = RowOf<'delivery_events'>;
type Draft = { -readonly [N in keyof Row]: Row[N] } & Record<string, unknown>;

const MOST_ROWS = 1_000;
const MOST_ROW_BYTES = 8_000_000;

/** The parts of an event in which values stand. A value of a recipient comes before one that all have. */
const PARTS = ['recipient', 'envelope', 'data', 'identifiers'] as const;
type Part = (typeof PARTS)[number];

interface Target {
  readonly name: string;
  readonly column: Column;
}
type Targets = Readonly<Record<Part, ReadonlyMap<string, Target>>>;

const partOf = (path: string): readonly [part: Part, field: string] => {
  const [first = '', field] = path.split('.');
  const part = PARTS.find((name) => name === first);
  return part === undefined || field === undefined ? ['envelope', first] : [part, field];
};

/** By part, the column of each field: an event has far fewer fields than the table has columns. */
const targetsOf = (columns: readonly (readonly [name: string, column: Column])[]): Targets => {
  const none = (): Map<string, Target> => new Map();
  const targets = { recipient: none(), envelope: none(), data: none(), identifiers: none() };
  for (const [name, column] of columns)
    for (const path of [column.from ?? []].flat()) {
      const [part, field] = partOf(path);
      targets[part].set(field, { name, column });
    }
  return targets;
};

const COLUMNS = Object.entries<Column>(DELIVERY_EVENTS);
const FIRST_ROW = targetsOf(COLUMNS);
const OTHER_ROWS = targetsOf(COLUMNS.filter(([, column]) => column.once !== true));

/** Adds the columns that have a value in a part; the first one that fits stays. */
const addValues = (row: Draft, targets: ReadonlyMap<string, Target>, part: unknown): void => {
  if (!isObject(part)) return;
  for (const field of Object.keys(part)) {
    const target = targets.get(field);
    if (target === undefined || row[target.name] !== undefined) continue;
    const value = columnValue(target.column, part[field]);
    if (value !== undefined) row[target.name] = value;
  }
};

const recipientsOf = (data: JsonObject): readonly unknown[] | undefined => {
  const recipients = Object.hasOwn(data, 'recipients') ? data['recipients'] : undefined;
  return Array.isArray(recipients) && recipients.length > 0 ? recipients : undefined;
};

const bytesOf = (row: Row): number => Buffer.byteLength(JSON.stringify(row));

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
  const timestamp = isoTime(event.timestamp);
  const receivedAt = isoTime(event.receivedAt);
  const rowOf = (index: number): Row => {
    const row: Draft = { event_id: event.eventId };
    const targets = index === 0 ? FIRST_ROW : OTHER_ROWS;
    addValues(row, targets.recipient, recipients?.[index]);
    addValues(row, targets.envelope, envelope);
    addValues(row, targets.data, data);
    addValues(row, targets.identifiers, data['identifiers']);
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
  const rows: [Row, ...Row[]] = [fitRow(rowOf(0), event.raw.length)];
  // Rows after the first repeat what the recipients share: together they stay below what a stream takes.
  const count = Math.min(recipients?.length ?? 1, MOST_ROWS);
  let bytes = 0;
  for (let index = 1; index < count; index += 1) {
    const row = rowOf(index);
    bytes += bytesOf(row);
    if (bytes > MOST_ROW_BYTES) break;
    rows.push(row);
  }
  return rows;
};
