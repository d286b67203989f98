import { type RowQuery, WarehouseReadError } from './port.ts';

/** How values stand in a query: as parameters or as literals. */
export interface QueryStyle {
  /** An expression of a set of texts, to stand after `IN`. */
  readonly texts: (values: readonly string[]) => string;
  /** An expression of a time, of milliseconds since 1970. */
  readonly time: (ms: number) => string;
}

/**
 * A query in BigQuery's SQL, always with a range of the partition column.
 *
 * @param table such as `acme.customerio_events.delivery_events`
 * @throws WarehouseReadError where nothing is asked for: that would read the whole range
 * @example rowQuerySql(query, table, style) // 'SELECT DISTINCT delivery_id FROM `…` WHERE timestamp >= @p0 AND …'
 */
export const rowQuerySql = (query: RowQuery, table: string, style: QueryStyle): string => {
  const asked = query.anyOf.filter(({ values }) => values.length > 0);
  if (asked.length === 0) throw new WarehouseReadError('nothing is asked for');
  const range = `timestamp >= ${style.time(query.from)} AND timestamp < ${style.time(query.to)}`;
  const any = asked.map(({ column, values }) => `\`${column}\` IN ${style.texts(values)}`).join(' OR ');
  const columns = query.columns.map((column) => `\`${column}\``).join(', ');
  return `SELECT DISTINCT ${columns} FROM \`${table}\` WHERE ${range} AND (${any})`;
};

/**
 * {@link rowQuerySql}, the newest rows only: one more than `most`, which tells whether there are more.
 *
 * @throws WarehouseReadError where nothing is asked for
 */
export const newestSql = (query: RowQuery, table: string, style: QueryStyle, most: number): string =>
  `${rowQuerySql(query, table, style)} ORDER BY \`timestamp\` DESC LIMIT ${most + 1}`;
