import type { SynthesizedResource } from '../../tools/reference/synthesize-props.ts';
import { viewColumns } from './view-columns.ts';

/** What of a column decides whether a table can be changed in place. */
export interface CommittedColumn {
  readonly name: string;
  readonly type: string;
  readonly mode: string;
}

/** What of a table cannot be changed without making it anew, or without changing what queries of it cost. */
export interface CommittedTable {
  readonly partition: { readonly type: string; readonly field: string };
  readonly clustering: readonly string[];
  readonly requirePartitionFilter: boolean;
  readonly columns: readonly CommittedColumn[];
}

/** The warehouse as queries rely on it: tables, and the columns of views. */
export interface CommittedWarehouse {
  readonly tables: Readonly<Record<string, CommittedTable>>;
  readonly views: Readonly<Record<string, readonly string[]>>;
}

interface TableBody {
  readonly table_id: string;
  readonly schema: string;
  readonly time_partitioning: { readonly type: string; readonly field: string };
  readonly clustering?: readonly string[];
  readonly require_partition_filter?: boolean;
  readonly view?: { readonly query: string };
}

const tableOf = (body: TableBody): CommittedTable => ({
  partition: { type: body.time_partitioning.type, field: body.time_partitioning.field },
  clustering: body.clustering ?? [],
  requirePartitionFilter: body.require_partition_filter ?? false,
  columns: (JSON.parse(body.schema) as readonly CommittedColumn[]).map(({ name, type, mode }) => ({
    name,
    type,
    mode,
  })),
});

/** The warehouse of a synthesized stack. */
export const warehouseIn = (resources: readonly SynthesizedResource[]): CommittedWarehouse => {
  const bodies = resources
    .filter(({ type }) => type === 'google_bigquery_table')
    .map(({ body }) => body as unknown as TableBody);
  const tables = bodies
    .filter(({ view }) => view === undefined)
    .map((body) => [body.table_id, tableOf(body)]);
  const known = Object.fromEntries(tables) as CommittedWarehouse['tables'];
  const columnsOf = (table: string): readonly string[] => known[table]?.columns.map(({ name }) => name) ?? [];
  const views = bodies.flatMap(({ table_id, view }) =>
    view === undefined ? [] : [[table_id, viewColumns(view.query, columnsOf)]],
  );
  return { tables: known, views: Object.fromEntries(views) };
};

const columnFaults = (
  table: string,
  before: readonly CommittedColumn[],
  after: readonly CommittedColumn[],
): readonly string[] => [
  ...before.flatMap(({ name, type, mode }) => {
    const now = after.find((column) => column.name === name);
    if (now === undefined) return [`${table}.${name} is gone`];
    return [
      ...(now.type === type ? [] : [`${table}.${name} was ${type} and is ${now.type}`]),
      ...(now.mode === mode ? [] : [`${table}.${name} was ${mode} and is ${now.mode}`]),
    ];
  }),
  ...after
    .filter(({ name, mode }) => mode === 'REQUIRED' && !before.some((column) => column.name === name))
    .map(({ name }) => `${table}.${name} is new and required`),
];

const layoutOf = ({ partition, clustering, requirePartitionFilter }: CommittedTable): string =>
  `${partition.type} on ${partition.field}, clustered by ${clustering.join(', ') || 'nothing'}, ${requirePartitionFilter ? 'with' : 'without'} a required filter`;

const tableFaults = (name: string, before: CommittedTable, after?: CommittedTable): readonly string[] => {
  if (after === undefined) return [`${name} is gone`];
  const [was, is] = [layoutOf(before), layoutOf(after)];
  return [
    ...(was === is ? [] : [`${name} was ${was} and is ${is}`]),
    ...columnFaults(name, before.columns, after.columns),
  ];
};

/**
 * Everything but additions: what BigQuery cannot change in place, so that Terraform would make the table anew and lose its rows, and
 * what breaks a query that reads a table or a view.
 */
export const notAdditive = (before: CommittedWarehouse, after: CommittedWarehouse): readonly string[] => [
  ...Object.entries(before.tables).flatMap(([name, table]) => tableFaults(name, table, after.tables[name])),
  ...Object.entries(before.views).flatMap(([name, columns]) => {
    const now = after.views[name];
    if (now === undefined) return [`${name} is gone`];
    return columns.filter((column) => !now.includes(column)).map((column) => `${name}.${column} is gone`);
  }),
];
