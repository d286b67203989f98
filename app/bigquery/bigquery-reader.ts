import { randomUUID } from 'node:crypto';
import { googleHeaders, NoCredentialsError } from '../google-auth/google-headers.ts';
import { type Answer, type Call, restClient } from '../secret-manager/rest-client.ts';
import { bigQueryFault } from './bigquery-fault.ts';
import {
  type Newest,
  type RowQuery,
  type StrayQuery,
  type StrayTable,
  WarehouseReadError,
  type WarehouseRow,
  type WarehouseSearch,
} from './port.ts';
import { newestSql, rowQuerySql } from './row-query.ts';
import { deadLetterRows, deadLettersSql, quarantineSql, type StrayStyle } from './stray-query.ts';

/** Where the warehouse is. */
export interface BigQueryReaderOptions {
  /** The project that has the dataset and runs the queries. */
  readonly project: string;
  /** @default customerio_events */
  readonly dataset?: string;
  /** Headers that prove who asks. @default Google's application default credentials */
  readonly credentials?: () => Promise<Headers>;
  /** @default `https://bigquery.googleapis.com/bigquery/v2` */
  readonly endpoint?: string;
  /** Waits some milliseconds between attempts. @default a timer */
  readonly wait?: (ms: number) => Promise<void>;
  /** How often an unfinished query is asked after, 8 seconds each. @default 75 */
  readonly polls?: number;
}

const ENDPOINT = 'https://bigquery.googleapis.com/bigquery/v2';
const DATASET = 'customerio_events';
const PAGE = 10_000;
/** Below what the client gives an attempt. */
const POLL_MS = 8_000;
const POLLS = 75;
/** Each query is billed at least 10 MB and reads the whole range: few large ones. */
const MOST_VALUES = 5_000;

const timer = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const notUnderstood = (): WarehouseReadError =>
  new WarehouseReadError('BigQuery’s answer has an unknown form');

interface Parameter {
  readonly name: string;
  readonly parameterType: object;
  readonly parameterValue: object;
}

/** A query and its parameters: values never stand in the text. */
const parameterised = (
  write: (style: StrayStyle) => string,
): { readonly sql: string; readonly parameters: readonly Parameter[] } => {
  const parameters: Parameter[] = [];
  const add = (parameterType: object, parameterValue: object): string => {
    const name = `p${parameters.length}`;
    parameters.push({ name, parameterType, parameterValue });
    return `@${name}`;
  };
  const texts = (values: readonly string[]): string =>
    `UNNEST(${add({ type: 'ARRAY', arrayType: { type: 'STRING' } }, { arrayValues: values.map((value) => ({ value })) })})`;
  const sql = write({
    texts,
    time: (ms) => add({ type: 'TIMESTAMP' }, { value: new Date(ms).toISOString() }),
    holds: (column, some) =>
      `EXISTS (SELECT 1 FROM ${texts(some)} AS id WHERE STRPOS(FROM_BASE64(${column}), CAST(id AS BYTES)) > 0)`,
  });
  return { sql, parameters };
};

const upTo = (rows: readonly WarehouseRow[], most: number): Newest => ({
  rows: rows.slice(0, most),
  complete: rows.length <= most,
});

interface Page {
  readonly jobComplete?: boolean;
  readonly jobReference?: { readonly jobId?: string; readonly location?: string };
  readonly schema?: { readonly fields?: readonly { readonly name: string; readonly type: string }[] };
  readonly rows?: readonly { readonly f: readonly { readonly v: unknown }[] }[];
  readonly pageToken?: string;
}

const cellOf = (type: string, value: unknown): unknown => {
  if (value === null || value === undefined) return null;
  // Microseconds since 1970, as `useInt64Timestamp` asks.
  if (type === 'TIMESTAMP') return new Date(Number(value) / 1000).toISOString();
  if (type === 'INTEGER') return Number(value);
  return type === 'BOOLEAN' ? value === 'true' : value;
};

const rowsOf = ({ schema, rows = [] }: Page): readonly WarehouseRow[] => {
  const fields = schema?.fields ?? [];
  return rows.map(({ f }) =>
    Object.fromEntries(fields.map(({ name, type }, index) => [name, cellOf(type, f[index]?.v)])),
  );
};

/**
 * The warehouse in BigQuery by its REST API: `jobs.query`, then `jobs.getQueryResults` until it is done and for further pages.
 * Needs roles/bigquery.jobUser on the project and roles/bigquery.dataViewer on the dataset.
 *
 * Source: https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs/query
 *
 * @example await new BigQueryReader({ project: 'acme' }).rows(query)
 */
export class BigQueryReader implements WarehouseSearch {
  readonly mostValues = MOST_VALUES;
  readonly #project: string;
  readonly #dataset: string;
  readonly #polls: number;
  readonly #send: (call: Call) => Promise<Answer>;

  constructor(options: BigQueryReaderOptions) {
    const { project, dataset = DATASET, endpoint = ENDPOINT, wait = timer, polls = POLLS } = options;
    this.#project = project;
    this.#dataset = `${project}.${dataset}`;
    this.#polls = polls;
    this.#send = restClient({ endpoint, wait, credentials: options.credentials ?? googleHeaders(project) });
  }

  rows(query: RowQuery): Promise<readonly WarehouseRow[]> {
    return this.#ask('delivery_events', (table, style) => rowQuerySql(query, table, style));
  }

  async newest(query: RowQuery, most: number): Promise<Newest> {
    const rows = await this.#ask('delivery_events', (table, style) => newestSql(query, table, style, most));
    return upTo(rows, most);
  }

  async strays(query: StrayQuery, most: number): Promise<Readonly<Record<StrayTable, Newest>>> {
    const [quarantine, deadLetters] = await Promise.all([
      this.#ask('quarantine', (table, style) => quarantineSql(query, table, style, most)),
      this.#ask('dead_letters', (table, style) => deadLettersSql(query, table, style, most)),
    ]);
    const { rows, complete } = upTo(deadLetters, most);
    return {
      quarantine: upTo(quarantine, most),
      dead_letters: { rows: deadLetterRows(rows, query), complete },
    };
  }

  async #ask(
    name: 'delivery_events' | StrayTable,
    write: (table: string, style: StrayStyle) => string,
  ): Promise<readonly WarehouseRow[]> {
    const table = `${this.#dataset}.${name}`;
    const { sql, parameters } = parameterised((style) => write(table, style));
    const body = {
      query: sql,
      queryParameters: parameters,
      parameterMode: 'NAMED',
      useLegacySql: false,
      maxResults: PAGE,
      timeoutMs: POLL_MS,
      formatOptions: { useInt64Timestamp: true },
      // The same id in every attempt: a repeated one does not run twice.
      requestId: randomUUID(),
    };
    const call = { method: 'POST', path: `${this.#path()}/queries`, body } as const;
    return this.#rest(await this.#call(call, table), table);
  }

  async #rest(first: Page, table: string): Promise<readonly WarehouseRow[]> {
    const found: WarehouseRow[] = [];
    let page = first;
    for (let polls = 0; ; ) {
      if (page.jobComplete === true) {
        for (const row of rowsOf(page)) found.push(row);
        if (!page.pageToken) return found;
      } else if (++polls > this.#polls) throw new WarehouseReadError('BigQuery does not finish: try again');
      const token = page.jobComplete === true ? page.pageToken : undefined;
      page = await this.#more(first.jobReference, table, token);
    }
  }

  /** The next page, or the first of a query that was not finished. */
  #more({ jobId, location }: Page['jobReference'] = {}, table: string, pageToken?: string): Promise<Page> {
    if (jobId === undefined) throw notUnderstood();
    const query = new URLSearchParams({
      maxResults: String(PAGE),
      timeoutMs: String(POLL_MS),
      'formatOptions.useInt64Timestamp': 'true',
      ...(location && { location }),
      ...(pageToken && { pageToken }),
    });
    const path = `${this.#path()}/queries/${encodeURIComponent(jobId)}?${query}`;
    return this.#call({ method: 'GET', path }, table);
  }

  #path(): string {
    return `/projects/${encodeURIComponent(this.#project)}`;
  }

  async #call(call: Call, table: string): Promise<Page> {
    const answer = await this.#sent(call);
    if (answer.status !== 200) throw bigQueryFault(answer, table, this.#project);
    if (typeof answer.body === 'object' && answer.body !== null) return answer.body as Page;
    throw notUnderstood();
  }

  async #sent(call: Call): Promise<Answer> {
    try {
      return await this.#send(call);
    } catch (error) {
      if (error instanceof NoCredentialsError) throw new WarehouseReadError(error.message);
      throw error;
    }
  }
}
