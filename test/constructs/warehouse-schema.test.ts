import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { TableName } from '../../app/contract/warehouse.ts';
import { bigQuerySchema } from '../../app/contract/warehouse-schema.ts';
import { WAREHOUSE_VIEWS } from '../../app/contract/warehouse-views/warehouse-views.ts';
import { SMALLEST } from '../../tools/reference/example-props.ts';
import { resourcesIn, synthesizeProps } from '../../tools/reference/synthesize-props.ts';
import { viewColumns } from './view-columns.ts';
import {
  type CommittedColumn,
  type CommittedTable,
  type CommittedWarehouse,
  notAdditive,
  warehouseIn,
} from './warehouse-changes.ts';

const FIXTURE = `${import.meta.dirname}/../fixtures/warehouse-schema.json`;
const committed = JSON.parse(readFileSync(FIXTURE, 'utf8')) as CommittedWarehouse;
const now = warehouseIn(resourcesIn(synthesizeProps(SMALLEST)));
const TABLES = Object.keys(committed.tables);
const VIEWS = Object.keys(committed.views);

const namesOf = ({ columns = [] }: Partial<CommittedTable> = {}): readonly string[] =>
  columns.map(({ name }) => name);

describe('the warehouse', () => {
  it('is only added to', () => {
    expect(notAdditive(committed, now)).toEqual([]);
  });

  it('is committed, what is new too', () => {
    expect(TABLES.toSorted()).toEqual(Object.keys(now.tables).toSorted());
    expect(VIEWS.toSorted()).toEqual(Object.keys(now.views).toSorted());
    for (const table of TABLES)
      expect(namesOf(committed.tables[table]).toSorted()).toEqual(namesOf(now.tables[table]).toSorted());
    for (const view of VIEWS) expect(committed.views[view]).toEqual(now.views[view]);
  });

  it('has the tables and views that the contract names, and dead letters', () => {
    expect(TABLES.toSorted()).toEqual(['dead_letters', 'delivery_events', 'quarantine']);
    expect(VIEWS.toSorted()).toEqual(Object.keys(WAREHOUSE_VIEWS).toSorted());
  });

  it.each(['delivery_events', 'quarantine'] as TableName[])(
    'has the columns of the contract: %s',
    (table) => {
      const columns = bigQuerySchema(table).map(({ name, type, mode }) => ({ name, type, mode }));
      expect(now.tables[table]?.columns).toEqual(columns);
    },
  );

  it('requires an event’s id and nothing else', () => {
    const required = TABLES.flatMap((table) =>
      (now.tables[table]?.columns ?? [])
        .filter(({ mode }) => mode === 'REQUIRED')
        .map(({ name }) => `${table}.${name}`),
    );
    expect(required).toEqual(['delivery_events.event_id']);
  });

  it.each([
    ['delivery_events', 'raw'],
    ['quarantine', 'body_base64'],
    ['dead_letters', 'data'],
  ])('keeps what came as text: %s.%s', (table, name) => {
    const column = now.tables[table]?.columns.find((one) => one.name === name);
    expect(column).toEqual({ name, type: 'STRING', mode: 'NULLABLE' });
  });

  it.each(TABLES)('has the columns that Pub/Sub writes beside a message: %s', (table) => {
    const types = new Map(now.tables[table]?.columns.map(({ name, type }) => [name, type]));
    expect(
      ['subscription_name', 'message_id', 'publish_time', 'attributes'].map((name) => types.get(name)),
    ).toEqual(['STRING', 'STRING', 'TIMESTAMP', 'STRING']);
  });
});

describe('a warehouse that is not only added to', () => {
  const without = <T>(record: Readonly<Record<string, T>>, name: string): Record<string, T> =>
    Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));

  const withTable = (name: string, change: Partial<CommittedTable>): CommittedWarehouse => {
    const table = committed.tables[name];
    if (table === undefined) throw new Error(`no table ${name}`);
    return { ...committed, tables: { ...committed.tables, [name]: { ...table, ...change } } };
  };

  const columns = TABLES.flatMap((table) =>
    (committed.tables[table]?.columns ?? []).map((column) => [table, column.name, column] as const),
  );

  /** The table with something else, or nothing, where a column stands. */
  const withColumn = (
    table: string,
    column: CommittedColumn,
    change?: Partial<CommittedColumn>,
  ): CommittedWarehouse =>
    withTable(table, {
      columns: (committed.tables[table]?.columns ?? []).flatMap((one) => {
        if (one !== column) return [one];
        return change === undefined ? [] : [{ ...one, ...change }];
      }),
    });

  it.each(columns)('is caught losing or renaming %s.%s', (table, name, column) => {
    const gone = [`${table}.${name} is gone`];
    expect(notAdditive(committed, withColumn(table, column))).toEqual(gone);
    expect(notAdditive(committed, withColumn(table, column, { name: `${name}_2` }))[0]).toEqual(gone[0]);
  });

  it.each(columns)('is caught retyping %s.%s', (table, name, column) => {
    for (const type of ['STRING', 'INTEGER', 'BOOLEAN', 'TIMESTAMP', 'JSON'].filter(
      (one) => one !== column.type,
    )) {
      const said = `${table}.${name} was ${column.type} and is ${type}`;
      expect(notAdditive(committed, withColumn(table, column, { type }))).toEqual([said]);
    }
  });

  it.each(columns)('is caught changing the mode of %s.%s', (table, name, column) => {
    for (const mode of ['NULLABLE', 'REQUIRED', 'REPEATED'].filter((one) => one !== column.mode)) {
      const said = `${table}.${name} was ${column.mode} and is ${mode}`;
      expect(notAdditive(committed, withColumn(table, column, { mode }))).toEqual([said]);
    }
  });

  it.each(TABLES)('is caught with %s gone, partitioned, clustered or filtered in another way', (table) => {
    const { partition, clustering, requirePartitionFilter } = committed.tables[table] as CommittedTable;
    const changes: readonly Partial<CommittedTable>[] = [
      { partition: { ...partition, field: 'other' } },
      { partition: { ...partition, type: 'HOUR' } },
      { clustering: [...clustering, 'other'] },
      { clustering: clustering.length === 0 ? ['other'] : clustering.slice(1) },
      { requirePartitionFilter: !requirePartitionFilter },
    ];
    for (const change of changes) {
      const [said, ...more] = notAdditive(committed, withTable(table, change));
      expect(said).toMatch(new RegExp(`^${table} was DAY on .* and is `));
      expect(more).toEqual([]);
    }
    const gone = { ...committed, tables: without(committed.tables, table) };
    expect(notAdditive(committed, gone)).toEqual([`${table} is gone`]);
  });

  it('is caught with a new column that is required, and may have one that is not', () => {
    const added = (mode: string): CommittedWarehouse =>
      withTable('quarantine', {
        columns: [...(committed.tables['quarantine']?.columns ?? []), { name: 'new', type: 'STRING', mode }],
      });
    expect(notAdditive(committed, added('REQUIRED'))).toEqual(['quarantine.new is new and required']);
    expect(notAdditive(committed, added('NULLABLE'))).toEqual([]);
  });

  it.each(VIEWS)('is caught with the view %s gone or without one of its columns', (view) => {
    const gone = { ...committed, views: without(committed.views, view) };
    expect(notAdditive(committed, gone)).toEqual([`${view} is gone`]);
    for (const column of committed.views[view] ?? []) {
      const rest = (committed.views[view] ?? []).filter((one) => one !== column);
      const renamed = { ...committed, views: { ...committed.views, [view]: [...rest, `${column}_2`] } };
      expect(notAdditive(committed, renamed)).toEqual([`${view}.${column} is gone`]);
    }
  });
});

describe('the columns of a view', () => {
  const columnsOf = (table: string): readonly string[] => (table === 't' ? ['x', 'y'] : []);
  const FROM = 'FROM `acme.d.t`';

  it.each([
    [`-- SELECT z\nSELECT a, b ${FROM}`, ['a', 'b']],
    [`SELECT MAX(IF(a = ',', (SELECT 1 FROM u), NULL)) AS c, b.d ${FROM}`, ['c', 'd']],
    [`SELECT CASE WHEN a THEN 'FROM' ELSE 'b' END AS kind, q[OFFSET(50)] AS p50 ${FROM}`, ['kind', 'p50']],
    [`SELECT * ${FROM} WHERE TRUE`, ['x', 'y']],
    [`WITH e AS (SELECT a, (SELECT 1) AS b ${FROM}), f AS (SELECT * FROM e) SELECT c, d FROM f`, ['c', 'd']],
  ])('are read from %s', (query, columns) => {
    expect(viewColumns(query, columnsOf)).toEqual(columns);
  });

  it.each([
    ['SELECT COUNT(*) FROM t'],
    ['WITH a AS (SELECT 1) SELECT * FROM a'],
    ['WITH a AS (SELECT 1)'],
    ['SELECT a'],
    ['DELETE FROM t'],
  ])('are not made up: %s', (query) => {
    expect(() => viewColumns(query, columnsOf)).toThrow(/^no /);
  });
});
