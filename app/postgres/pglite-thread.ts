import { Worker } from 'node:worker_threads';
import type { PgliteAnswer, PgliteCall } from './pglite-calls.ts';
import { type Database, PostgresError, type Rows, type RowsLimits } from './port.ts';

/** The thread's code lies beside this file, as TypeScript here and as JavaScript where the package is installed. */
const CODE = new URL(import.meta.url.replace('pglite-thread', 'pglite-worker'));

interface Waiting {
  readonly resolve: (rows: Rows | undefined) => void;
  readonly reject: (error: PostgresError) => void;
}

type WithoutId<C> = C extends unknown ? Omit<C, 'id'> : never;

const gone = (why: string): PostgresError => new PostgresError('gone', `the database has ended: ${why}`);

/**
 * PostgreSQL in memory (PGlite), in a thread of its own: its start takes seconds of computing, and a query that never ends can
 * only be stopped by ending the thread. About 400 MB.
 *
 * @example
 * const database = new PgliteThread();
 * await database.run('CREATE TABLE t (n int)');
 * await database.select('SELECT count(*) FROM t', { rows: 1000, bytes: 8_000_000 }, 5000); // { columns: ['count'], rows: [[0]], truncated: false }
 */
export class PgliteThread implements Database {
  // Options of the process may name files relative to a folder that it is no longer in.
  readonly #worker = new Worker(CODE, { execArgv: [] });
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #ended: PostgresError | undefined;

  constructor() {
    this.#worker.on('message', (answer: PgliteAnswer) => this.#settle(answer));
    this.#worker.on('error', (error) =>
      this.#end(gone(Error.isError(error) ? error.message : String(error))),
    );
    this.#worker.on('exit', (code) => this.#end(gone(`exit code ${code}`)));
  }

  get ended(): boolean {
    return this.#ended !== undefined;
  }

  async run(sql: string, parameters?: readonly string[]): Promise<void> {
    await this.#call({ kind: 'run', sql, ...(parameters && { parameters }) });
  }

  async select(sql: string, most: RowsLimits, withinMs: number): Promise<Rows> {
    const late = new PostgresError('late', `the query took longer than ${withinMs / 1000} s and was stopped`);
    const timer = setTimeout(() => {
      this.#end(late);
      void this.#worker.terminate();
    }, withinMs);
    try {
      return (await this.#call({ kind: 'select', sql, most })) ?? { columns: [], rows: [], truncated: false };
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    this.#end(gone('it was closed'));
    await this.#worker.terminate();
  }

  #call(call: WithoutId<PgliteCall>): Promise<Rows | undefined> {
    if (this.#ended)
      return Promise.reject(this.#ended.code === 'late' ? gone('a query was too long') : this.#ended);
    const id = this.#nextId;
    this.#nextId += 1;
    const { promise, resolve, reject } = Promise.withResolvers<Rows | undefined>();
    this.#waiting.set(id, { resolve, reject });
    this.#worker.postMessage({ ...call, id });
    return promise;
  }

  #settle({ id, rows, error }: PgliteAnswer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(rows);
    else waiting?.reject(new PostgresError('refused', error));
  }

  #end(why: PostgresError): void {
    this.#ended ??= why;
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}
