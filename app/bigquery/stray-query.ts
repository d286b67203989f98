import { type StrayQuery, WarehouseReadError, type WarehouseRow } from './port.ts';
import type { QueryStyle } from './row-query.ts';

/** How a query looks into the body of a request. */
export interface StrayStyle extends QueryStyle {
  /** A condition: the bytes of the column, which is base64, hold one of these texts. */
  readonly holds: (column: string, texts: readonly string[]) => string;
}

/** What of a dead letter's row is looked at: columns of the table that it was for. */
const FIELDS = ['event_id', 'correlation_id', 'delivery_id', 'trigger_event_id', 'person_id'] as const;
/** What Pub/Sub adds. Source: https://cloud.google.com/pubsub/docs/bigquery#handle_message_failures */
const REASON = 'CloudPubSubDeadLetterSourceDeliveryErrorMessage';

const rangeOf = (column: string, { from, to }: StrayQuery, { time }: QueryStyle): string =>
  `${column} >= ${time(from)} AND ${column} < ${time(to)}`;

const newestFirst = (column: string, most: number): string => `ORDER BY ${column} DESC LIMIT ${most + 1}`;

/** As JSON has it, so that `u1` is not found in `u10`. */
const quoted = ({ ids }: StrayQuery): readonly string[] => {
  if (ids.length === 0) throw new WarehouseReadError('nothing is asked for');
  return ids.map((id) => JSON.stringify(id));
};

/**
 * Requests in quarantine by the id of the event or of the request, and by any id in their body.
 *
 * @param table such as `acme.customerio_events.quarantine`
 * @throws WarehouseReadError where nothing is asked for
 */
export const quarantineSql = (query: StrayQuery, table: string, style: StrayStyle, most: number): string => {
  const texts = quoted(query);
  const ids = style.texts(query.ids);
  const any = `event_id IN ${ids} OR correlation_id IN ${ids} OR ${style.holds('body_base64', texts)}`;
  const range = rangeOf('received_at', query, style);
  const columns = 'received_at AS happened_at, reason, event_id, correlation_id';
  return `SELECT ${columns} FROM \`${table}\` WHERE ${range} AND (${any}) ${newestFirst('received_at', most)}`;
};

/**
 * Dead letters in whose row an id stands, in BigQuery’s SQL: only there are any. Texts are compared first, since a dead letter
 * need be no JSON.
 *
 * @throws WarehouseReadError where nothing is asked for
 */
export const deadLettersSql = (query: StrayQuery, table: string, style: QueryStyle, most: number): string => {
  const any = `EXISTS (SELECT 1 FROM ${style.texts(quoted(query))} AS id WHERE STRPOS(data, id) > 0)`;
  const json = "SAFE.PARSE_JSON(data, wide_number_mode => 'round')";
  const fields = FIELDS.map((name) => `JSON_VALUE(${json}, '$.${name}') AS ${name}`).join(', ');
  const range = rangeOf('publish_time', query, style);
  const columns = `publish_time AS happened_at, attributes, ${fields}`;
  return `SELECT ${columns} FROM \`${table}\` WHERE ${range} AND ${any} ${newestFirst('publish_time', most)}`;
};

const attributesOf = (text: unknown): Readonly<Record<string, unknown>> => {
  try {
    return Object(JSON.parse(String(text)));
  } catch {
    return {};
  }
};

/** Whether one of the ids is meant, and not only some other value of the row that is equal to it. */
const isMeant = (row: WarehouseRow, ids: readonly string[]): boolean =>
  row['event_id'] === null || FIELDS.some((field) => ids.includes(String(row[field])));

/** The rows of {@link deadLettersSql}, with the reason and the table from Pub/Sub’s attributes. */
export const deadLetterRows = (rows: readonly WarehouseRow[], { ids }: StrayQuery): readonly WarehouseRow[] =>
  rows
    .filter((row) => isMeant(row, ids))
    .map(({ attributes, ...row }) => {
      const { table, [REASON]: reason } = attributesOf(attributes);
      return { ...row, table, reason };
    });
