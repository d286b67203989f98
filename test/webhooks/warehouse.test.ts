import { describe, expect, it } from '@jest/globals';
import { QUARANTINE_REASONS } from '../../app/contract/quarantine-reasons.ts';
import { DELIVERY_EVENTS, METRIC_COLUMNS, TABLES, type TableName } from '../../app/contract/warehouse.ts';
import { bigQuerySchema } from '../../app/contract/warehouse-schema.ts';
import { rowFaults } from '../support/row-faults.ts';
import { PAIRS } from './documented.ts';

const tables = Object.keys(TABLES) as TableName[];

describe('the schema', () => {
  it.each(tables)(
    'of %s has what a BigQuery subscription with metadata writes, typed as it needs',
    (table) => {
      expect(bigQuerySchema(table)).toEqual(
        expect.arrayContaining([
          { name: 'subscription_name', type: 'STRING', mode: 'NULLABLE', description: expect.any(String) },
          { name: 'message_id', type: 'STRING', mode: 'NULLABLE', description: expect.any(String) },
          { name: 'publish_time', type: 'TIMESTAMP', mode: 'NULLABLE', description: expect.any(String) },
          { name: 'attributes', type: 'STRING', mode: 'NULLABLE', description: expect.any(String) },
        ]),
      );
    },
  );

  it('requires nothing but the id of a delivery event', () => {
    const required = tables.flatMap((table) =>
      bigQuerySchema(table)
        .filter(({ mode }) => mode === 'REQUIRED')
        .map(({ name }) => `${table}.${name}`),
    );
    expect(required).toEqual(['delivery_events.event_id']);
  });

  it('has the partition columns as timestamps, and names in the words of BigQuery’s API', () => {
    const typeOf = (table: TableName, column: string): string | undefined =>
      bigQuerySchema(table).find(({ name }) => name === column)?.type;
    expect(typeOf('delivery_events', 'timestamp')).toBe('TIMESTAMP');
    expect(typeOf('quarantine', 'received_at')).toBe('TIMESTAMP');
    expect(typeOf('delivery_events', 'campaign_id')).toBe('INTEGER');
    expect(typeOf('delivery_events', 'machine')).toBe('BOOLEAN');
    expect(typeOf('delivery_events', 'raw')).toBe('STRING');
  });

  it('has names that BigQuery takes, and a description each', () => {
    for (const { name, description } of tables.flatMap(bigQuerySchema)) {
      expect(name).toMatch(/^[a-z][a-z0-9_]{0,127}$/);
      expect(description).not.toBe('');
    }
  });
});

describe('the documented events', () => {
  it('are those of the contract', () => {
    const ours = Object.entries(METRIC_COLUMNS).flatMap(([objectType, metrics]) =>
      Object.keys(metrics).map((metric) => `${objectType} ${metric}`),
    );
    const contract = PAIRS.map(([objectType, metric]) => `${objectType} ${metric}`);
    // A change of preferences may be caused by a message of any channel; the contract's sample is an e-mail.
    const isPreferences = (pair: string): boolean => pair.endsWith('cio_subscription_preferences_changed');
    expect(ours.filter((pair) => !isPreferences(pair)).toSorted()).toEqual(
      contract.filter((pair) => !isPreferences(pair)).toSorted(),
    );
    expect(ours.filter(isPreferences)).toHaveLength(Object.keys(METRIC_COLUMNS).length);
  });

  it('fill columns that exist', () => {
    const columns = Object.values(METRIC_COLUMNS).flatMap((metrics) => Object.values(metrics).flat());
    expect(columns.filter((column) => !Object.hasOwn(DELIVERY_EVENTS, column))).toEqual([]);
  });
});

describe('rowFaults', () => {
  const event = { event_id: 'e' };
  it.each<[string, TableName, Record<string, unknown>]>([
    ['event_id is required', 'delivery_events', {}],
    ['event_id is required', 'delivery_events', { event_id: null }],
    ['campaign_id is no INTEGER', 'delivery_events', { ...event, campaign_id: '5' }],
    ['campaign_id is no INTEGER', 'delivery_events', { ...event, campaign_id: 1.5 }],
    ['campaign_id is no INTEGER', 'delivery_events', { ...event, campaign_id: 2 ** 63 }],
    ['machine is no BOOLEAN', 'delivery_events', { ...event, machine: 'true' }],
    ['timestamp is no TIMESTAMP', 'delivery_events', { ...event, timestamp: 1760000000 }],
    ['timestamp is no TIMESTAMP', 'delivery_events', { ...event, timestamp: '2025-10-09T08:53:20' }],
    ['timestamp is no TIMESTAMP', 'delivery_events', { ...event, timestamp: '2025-13-09T08:53:20Z' }],
    ['subject is no STRING', 'delivery_events', { ...event, subject: '\ud800' }],
    ['subject is no STRING', 'delivery_events', { ...event, subject: {} }],
    ['tags is no array', 'delivery_events', { ...event, tags: 'a' }],
    ['tags has an element that is no STRING', 'delivery_events', { ...event, tags: ['a', null] }],
    ['message_id is Pub/Sub’s to fill'.replace('’', "'"), 'quarantine', { message_id: '1' }],
  ])('says %s', (fault, table, row) => {
    expect(rowFaults(table, row)).toEqual([fault]);
  });

  it('takes what fits, drops what is unknown', () => {
    expect(rowFaults('delivery_events', { ...event, campaign_id: 5, unknown: {}, tags: [] })).toEqual([]);
    expect(rowFaults('quarantine', { reason: Object.keys(QUARANTINE_REASONS)[0] })).toEqual([]);
  });
});
