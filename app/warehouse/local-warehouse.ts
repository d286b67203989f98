import { TABLES, type TableName } from '../contract/warehouse.ts';
import { type Database, PostgresError, type Rows } from '../postgres/port.ts';
import type { JournalLine } from './local-warehouse-stream.ts';
import { postgresSchema } from './postgres-schema.ts';
import { readViews } from './read-views.ts';
import type { RowJournal } from './row-journal.ts';
import { toPostgres } from './to-postgres.ts';

/** Limits of one query. */
export interface QueryLimits {
  /** @default 1000 */
  readonly rows?: number;
  /** Of the rows as JSON. @default 8,000,000 */
  readonly bytes?: number;
  /** Milliseconds, without the time that the database takes to start. @default 15,000 */
  readonly withinMs?: number;
  /** A query that is aborted while it waits for its turn is not run. */
  readonly signal?: AbortSignal;
}

/** What the warehouse stands on. */
export interface LocalWarehouseParts {
  readonly journal: RowJournal;
  /** Starts an empty database. */
  readonly database: () => Database;
  /** Milliseconds without a query after which the database is ended, for its memory. @default 60,000 */
  readonly idleMs?: number;
  /** Told of a line of the journal that is no row: it is left out, as BigQuery would refuse it. */
  readonly onRefused: (why: string) => void;
}

const ROWS = 1000;
const BYTES = 8_000_000;
/** Translating one is work of the thread that also takes events. */
const MOST_SQL_BYTES = 16_000;
const WITHIN_MS = 15_000;
const IDLE_MS = 60_000;
const SELECT = /^\s*\(*\s*(SELECT|WITH)\b/i;
const INSERT = (table: TableName): string =>
  `INSERT INTO ${table} SELECT * FROM jsonb_populate_recordset(NULL::${table}, $1::jsonb)`;

const lineOf = (text: string): JournalLine | undefined => {
  try {
    const line = JSON.parse(text) as JournalLine;
    return Object.hasOwn(TABLES, line.table) ? line : undefined;
  } catch {
    return undefined;
  }
};

/**
 * The warehouse of `npm start`: tables and views as in BigQuery, in a database in memory. The journal is what lasts; the database
 * is started by the first query, takes up what the journal has gained before each, and is made anew after a while without
 * queries or after one that had to be stopped. So it costs nothing until it is asked something, and nothing that it is asked can harm the rows.
 *
 * @example
 * const warehouse = new LocalWarehouse({ journal, database: () => new PgliteThread(), onRefused: console.warn });
 * await warehouse.query('SELECT metric, COUNT(*) FROM `customerio_events.delivery_events` GROUP BY metric');
 */
export class LocalWarehouse {
  readonly #parts: LocalWarehouseParts;
  #database: Database | undefined;
  /** Up to where the database has the journal. */
  #taken = 0;
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;
  #idle: NodeJS.Timeout | undefined;

  constructor(parts: LocalWarehouseParts) {
    this.#parts = parts;
  }

  /** Whether its database runs. */
  get isRunning(): boolean {
    return this.#database !== undefined && !this.#database.ended;
  }

  /** How many rows it has been given, duplicates included. */
  get rows(): number {
    return this.#parts.journal.lines;
  }

  /**
   * Runs a SELECT in BigQuery's SQL ({@link toPostgres}) over every row that was acknowledged before. Queries wait for each other.
   *
   * @throws PostgresError `refused` for what is no SELECT, too long or not understood, `late` for what takes too long, `gone` for
   *   what was aborted
   */
  query(sql: string, limits: QueryLimits = {}): Promise<Rows> {
    const bytes = Buffer.byteLength(sql);
    if (bytes > MOST_SQL_BYTES) {
      const rule = `a query has at most ${MOST_SQL_BYTES} bytes, this one has ${bytes}: ask in several`;
      return Promise.reject(new PostgresError('refused', rule));
    }
    const answer = this.#last.then(() => this.#query(sql, limits));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  /** Ends the database. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#idle);
    await this.#database?.close();
  }

  async #query(sql: string, limits: QueryLimits): Promise<Rows> {
    const { rows = ROWS, bytes = BYTES, withinMs = WITHIN_MS, signal } = limits;
    if (this.#isClosed) throw new PostgresError('gone', 'the warehouse is closed');
    if (signal?.aborted) throw new PostgresError('gone', 'nobody waits for the answer any more');
    const query = toPostgres(sql);
    if (!SELECT.test(query))
      throw new PostgresError('refused', 'only a SELECT is taken: the warehouse is read-only');
    clearTimeout(this.#idle);
    const database = await this.#upToDate();
    try {
      return await database.select(query, { rows, bytes }, withinMs);
    } finally {
      if (!this.#isClosed) this.#endWhenIdle(database);
    }
  }

  #endWhenIdle(database: Database): void {
    this.#idle = setTimeout(() => void database.close(), this.#parts.idleMs ?? IDLE_MS).unref();
  }

  async #upToDate(): Promise<Database> {
    const database = this.isRunning && this.#database ? this.#database : await this.#start();
    for await (const { lines, end } of this.#parts.journal.read(this.#taken)) {
      await this.#take(database, lines);
      this.#taken = end;
    }
    return database;
  }

  async #start(): Promise<Database> {
    const database = this.#parts.database();
    this.#database = database;
    this.#taken = 0;
    try {
      await database.run(postgresSchema(readViews()));
    } catch (error) {
      await database.close();
      throw error;
    }
    return database;
  }

  async #take(database: Database, texts: readonly string[]): Promise<void> {
    const lines = texts.map(lineOf);
    for (const line of lines)
      if (line === undefined) this.#parts.onRefused('a line of the journal is no row');
    for (const table of Object.keys(TABLES) as TableName[]) {
      const rows = lines.flatMap((line) => (line?.table === table ? [line.row] : []));
      const isTaken = await this.#insert(database, table, rows, () => undefined);
      // One row that does not fit fails them all: then they go one by one, and those that do not fit stay out.
      if (!isTaken) for (const row of rows) await this.#insert(database, table, [row], this.#parts.onRefused);
    }
  }

  async #insert(
    database: Database,
    table: TableName,
    rows: readonly JournalLine['row'][],
    onRefused: (why: string) => void,
  ): Promise<boolean> {
    try {
      if (rows.length > 0) await database.run(INSERT(table), [JSON.stringify(rows)]);
      return true;
    } catch (error) {
      if (!(error instanceof PostgresError) || error.code !== 'refused') throw error;
      onRefused(error.message);
      return false;
    }
  }
}
