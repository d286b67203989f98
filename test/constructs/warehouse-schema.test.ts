import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { bigQuerySchema, type SchemaField, type TableName } from '../../app/contract/warehouse.ts';

const FIXTURE = `${import.meta.dirname}/../fixtures/warehouse-schema.json`;
const committed = JSON.parse(readFileSync(FIXTURE, 'utf8')) as Record<TableName, readonly SchemaField[]>;

/** What BigQuery cannot change in place, so that Terraform would make the table anew and lose its rows. */
const destructive = (before: readonly SchemaField[], after: readonly SchemaField[]): readonly string[] => [
  ...before.flatMap(({ name, type, mode }) => {
    const now = after.find((field) => field.name === name);
    if (now === undefined) return [`${name} is gone`];
    if (now.type !== type) return [`${name} was ${type} and is ${now.type}`];
    const relaxed = mode === now.mode || (mode === 'REQUIRED' && now.mode === 'NULLABLE');
    return relaxed ? [] : [`${name} was ${mode} and is ${now.mode}`];
  }),
  ...after
    .filter(({ name, mode }) => mode === 'REQUIRED' && !before.some((field) => field.name === name))
    .map(({ name }) => `${name} is new and required`),
];

describe('the columns of the warehouse', () => {
  it.each(Object.keys(committed) as TableName[])('are only added to: %s', (table) => {
    expect(destructive(committed[table], bigQuerySchema(table))).toEqual([]);
  });

  it.each(Object.keys(committed) as TableName[])('are committed, the new ones too: %s', (table) => {
    const names = (fields: readonly SchemaField[]): readonly string[] =>
      fields.map(({ name }) => name).toSorted();
    expect(names(committed[table])).toEqual(names(bigQuerySchema(table)));
  });

  it('require an event’s id alone', () => {
    const required = bigQuerySchema('delivery_events').filter(({ mode }) => mode === 'REQUIRED');
    expect(required.map(({ name }) => name)).toEqual(['event_id']);
    expect(bigQuerySchema('quarantine').filter(({ mode }) => mode === 'REQUIRED')).toEqual([]);
  });

  it('would be caught losing, retyping, or requiring one', () => {
    const field = (name: string, type: SchemaField['type'], mode: SchemaField['mode']): SchemaField => ({
      name,
      type,
      mode,
      description: '',
    });
    const before = [
      field('a', 'STRING', 'NULLABLE'),
      field('b', 'STRING', 'NULLABLE'),
      field('c', 'STRING', 'REQUIRED'),
    ];
    const after = [
      field('b', 'INTEGER', 'NULLABLE'),
      field('c', 'STRING', 'NULLABLE'),
      field('d', 'STRING', 'REQUIRED'),
    ];
    expect(destructive(before, after)).toEqual([
      'a is gone',
      'b was STRING and is INTEGER',
      'd is new and required',
    ]);
  });
});
