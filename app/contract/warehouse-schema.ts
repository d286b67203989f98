import { type Column, TABLES, type TableName } from './warehouse.ts';

/** A field of a table's schema as BigQuery's API and Terraform have it. */
export interface SchemaField {
  readonly name: string;
  readonly type: 'STRING' | 'INTEGER' | 'BOOLEAN' | 'TIMESTAMP';
  readonly mode: 'NULLABLE' | 'REQUIRED' | 'REPEATED';
  readonly description: string;
}

/** The names that BigQuery's API answers with: others would show as a change in every Terraform plan. */
const API_TYPES = { STRING: 'STRING', INT64: 'INTEGER', BOOL: 'BOOLEAN', TIMESTAMP: 'TIMESTAMP' } as const;

/**
 * A table's schema for BigQuery.
 *
 * @example bigQuerySchema('delivery_events')[0] // { name: 'event_id', type: 'STRING', mode: 'REQUIRED', description: 'id of the event' }
 */
export const bigQuerySchema = (table: TableName): readonly SchemaField[] =>
  Object.entries<Column>(TABLES[table]).map(([name, { type, mode, about }]) => ({
    name,
    type: API_TYPES[type],
    mode: mode ?? 'NULLABLE',
    description: about,
  }));
