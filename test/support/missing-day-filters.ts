import { WAREHOUSE_VIEWS } from '../../app/contract/warehouse-views/warehouse-views.ts';

/** The column by which each table is partitioned, and the views' own words for it. */
const FILTERS: Readonly<Record<string, string | undefined>> = {
  delivery_events: 'timestamp',
  quarantine: 'received_at',
  ...Object.fromEntries(
    Object.entries(WAREHOUSE_VIEWS).map(([name, view]) => [name, 'filter' in view ? view.filter : undefined]),
  ),
};

/**
 * The tables and views in a query without the filter on the day that BigQuery demands of them
 * (`require_partition_filter`). For plain examples, `FROM one WHERE …`; no parser.
 *
 * @example missingDayFilters('SELECT 1 FROM `customerio_events.quarantine`') // ['quarantine needs a filter on received_at']
 */
export const missingDayFilters = (sql: string): readonly string[] => {
  const [, where = ''] = sql.split(/\bWHERE\b/);
  const read = [...sql.matchAll(/\bFROM\s+`customerio_events\.(\w+)`/g)].map(([, name = '']) => name);
  if (read.length === 0) return ['nothing of the warehouse is read'];
  return read.flatMap((name) => {
    const column = FILTERS[name];
    const isFiltered = column === undefined || new RegExp(`\\b${column}\\s*(?:>=|=|BETWEEN\\b)`).test(where);
    return isFiltered ? [] : [`${name} needs a filter on ${column}`];
  });
};
