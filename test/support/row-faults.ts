import type { TableName } from '../../app/contract/warehouse.ts';
import { bigQuerySchema, type SchemaField } from '../../app/contract/warehouse-schema.ts';

const INT64 = { least: -(2n ** 63n), most: 2n ** 63n - 1n };
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/;
const METADATA: ReadonlySet<string> = new Set([
  'subscription_name',
  'message_id',
  'publish_time',
  'attributes',
]);

const isInt64 = (value: unknown): boolean =>
  Number.isInteger(value) && BigInt(value as number) >= INT64.least && BigInt(value as number) <= INT64.most;

const FITS: Readonly<Record<SchemaField['type'], (value: unknown) => boolean>> = {
  STRING: (value) => typeof value === 'string' && value.isWellFormed() && !value.includes('\u0000'),
  INTEGER: isInt64,
  BOOLEAN: (value) => typeof value === 'boolean',
  TIMESTAMP: (value) => typeof value === 'string' && TIME.test(value) && !Number.isNaN(Date.parse(value)),
};

const faultsOf = ({ name, type, mode }: SchemaField, value: unknown): readonly string[] => {
  if (value === undefined || value === null) return mode === 'REQUIRED' ? [`${name} is required`] : [];
  if (METADATA.has(name)) return [`${name} is Pub/Sub's to fill`];
  if (mode !== 'REPEATED') return FITS[type](value) ? [] : [`${name} is no ${type}`];
  if (!Array.isArray(value)) return [`${name} is no array`];
  return value.every(FITS[type]) ? [] : [`${name} has an element that is no ${type}`];
};

/**
 * What would keep a BigQuery subscription with `use_table_schema` and `drop_unknown_fields` from writing a row: the message's
 * JSON fields are matched to columns by name, a field of another type or a missing required one fails the write, an unknown
 * one is dropped. Stricter than BigQuery where it is not documented: no U+0000, no integers as text.
 * Source: https://cloud.google.com/pubsub/docs/bigquery, properties and schema compatibility.
 *
 * @param row is taken through JSON first, as a message is
 * @returns a sentence per fault; none when it would be written
 * @example rowFaults('delivery_events', {}) // ['event_id is required']
 */
export const rowFaults = (table: TableName, row: Readonly<Record<string, unknown>>): readonly string[] => {
  const sent = JSON.parse(JSON.stringify(row)) as Record<string, unknown>;
  return bigQuerySchema(table).flatMap((field) => faultsOf(field, sent[field.name]));
};
