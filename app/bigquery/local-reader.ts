import {
  type Newest,
  type RowQuery,
  type StrayQuery,
  WarehouseReadError,
  type WarehouseRow,
  type WarehouseSearch,
} from './port.ts';
import { newestSql, rowQuerySql } from './row-query.ts';
import { quarantineSql, type StrayStyle } from './stray-query.ts';

const TABLE = 'customerio_events.delivery_events';
const QUARANTINE = 'customerio_events.quarantine';
const PATIENCE_MS = 60_000;
/** One answer has 1,000 rows at most, and a delivery has some 14 metrics; a query has at most 16 kB, and an id stands in it up to four times. */
const MOST_VALUES = 25;

const literal = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n').replaceAll('\r', '\\r')}'`;

/** What BigQuery's SQL and PostgreSQL do not share stands in PostgreSQL's words: they are passed on. */
const STYLE: StrayStyle = {
  texts: (values) => `(${values.map(literal).join(', ')})`,
  time: (ms) => `TIMESTAMP(${literal(new Date(ms).toISOString())})`,
  holds: (column, texts) =>
    texts
      .map((text) => `position(convert_to(${literal(text)}, 'UTF8') IN decode(${column}, 'base64')) > 0`)
      .join(' OR '),
};

/** What the local warehouse answers to a query. */
export interface LocalAnswer {
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

const askBy =
  (url: string) =>
  async (sql: string): Promise<LocalAnswer> => {
    const { ok, text } = await post(url, sql);
    const body = parsed(url, text);
    if (!ok) throw new WarehouseReadError(`the warehouse of npm start: ${body['message'] ?? 'it failed'}`);
    return body as unknown as LocalAnswer;
  };

const rowsOf = ({ columns, rows }: LocalAnswer): readonly WarehouseRow[] =>
  rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index]])));

/**
 * The warehouse of `npm start`.
 *
 * @example await new LocalReader('http://localhost:8080/warehouse/query').rows(query)
 */
export class LocalReader implements WarehouseSearch {
  readonly mostValues = MOST_VALUES;
  readonly #ask: (sql: string) => Promise<LocalAnswer>;

  /**
   * @param where the address that queries are posted to or, in the same process, what answers them; that throws
   * {@link WarehouseReadError}
   */
  constructor(where: string | ((sql: string) => Promise<LocalAnswer>)) {
    this.#ask = typeof where === 'string' ? askBy(where) : where;
  }

  async rows(query: RowQuery): Promise<readonly WarehouseRow[]> {
    const answer = await this.#ask(rowQuerySql(query, TABLE, STYLE));
    if (!answer.truncated) return rowsOf(answer);
    throw new WarehouseReadError(`more than ${answer.rows.length} rows fit: ask for a shorter time`);
  }

  newest(query: RowQuery, most: number): Promise<Newest> {
    return this.#upTo(most, newestSql(query, TABLE, STYLE, most));
  }

  async strays(query: StrayQuery, most: number): Promise<{ readonly quarantine: Newest }> {
    return { quarantine: await this.#upTo(most, quarantineSql(query, QUARANTINE, STYLE, most)) };
  }

  async #upTo(most: number, sql: string): Promise<Newest> {
    const answer = await this.#ask(sql);
    const rows = rowsOf(answer);
    return { rows: rows.slice(0, most), complete: !answer.truncated && rows.length <= most };
  }
}
