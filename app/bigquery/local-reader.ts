import { type RowQuery, WarehouseReadError, type WarehouseReader, type WarehouseRow } from './port.ts';
import { rowQuerySql } from './row-query.ts';

const TABLE = 'customerio_events.delivery_events';
const PATIENCE_MS = 60_000;
/** One answer has 1,000 rows at most, and a delivery has some 14 metrics. */
const MOST_VALUES = 50;

const literal = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n').replaceAll('\r', '\\r')}'`;

const STYLE = {
  texts: (values: readonly string[]): string => `(${values.map(literal).join(', ')})`,
  time: (ms: number): string => `TIMESTAMP(${literal(new Date(ms).toISOString())})`,
};

interface Answer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  readonly truncated: boolean;
}

const post = async (url: string, sql: string): Promise<{ readonly ok: boolean; readonly text: string }> => {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sql }),
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return { ok: response.ok, text: await response.text() };
  } catch (error) {
    throw new WarehouseReadError(`nothing answers at ${url}: start it with npm start, or give --url`, {
      cause: error,
    });
  }
};

const parsed = (url: string, text: string): Readonly<Record<string, unknown>> => {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw new WarehouseReadError(`no warehouse answers at ${url}: is that npm start?`, { cause: error });
  }
};

/**
 * The warehouse of a running `npm start`, by its query endpoint.
 *
 * @example await new LocalReader('http://localhost:8080/warehouse/query').rows(query)
 */
export class LocalReader implements WarehouseReader {
  readonly mostValues = MOST_VALUES;
  readonly #url: string;

  /** @param url where queries are posted to */
  constructor(url: string) {
    this.#url = url;
  }

  async rows(query: RowQuery): Promise<readonly WarehouseRow[]> {
    const { ok, text } = await post(this.#url, rowQuerySql(query, TABLE, STYLE));
    const body = parsed(this.#url, text);
    if (!ok) throw new WarehouseReadError(`the warehouse of npm start: ${body['message'] ?? 'it failed'}`);
    const { columns, rows, truncated } = body as unknown as Answer;
    if (truncated) throw new WarehouseReadError(`more than ${rows.length} rows fit: ask for a shorter time`);
    return rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index]])));
  }
}
