import { parentPort } from 'node:worker_threads';
import { PGlite, types } from '@electric-sql/pglite';
import type { PgliteAnswer, PgliteCall } from './pglite-calls.ts';
import type { Rows } from './port.ts';

const integer = (text: string): number | string => (Number.isSafeInteger(Number(text)) ? Number(text) : text);
const time = (text: string): string => new Date(text).toISOString();

const PARSERS = {
  [types.INT8]: integer,
  [types.NUMERIC]: Number,
  [types.DATE]: (text: string) => text,
  [types.TIMESTAMP]: (text: string) => time(`${text}Z`),
  [types.TIMESTAMPTZ]: time,
};

/** A cursor takes a single SELECT that changes nothing, and reads no more rows than are fetched. */
const select = async (database: PGlite, sql: string, mostRows: number): Promise<Rows> => {
  await database.exec('BEGIN READ ONLY');
  try {
    await database.query(`DECLARE answer NO SCROLL CURSOR FOR ${sql}`);
    const { fields, rows } = await database.query<unknown[]>(`FETCH ${mostRows + 1} FROM answer`, [], {
      rowMode: 'array',
      parsers: PARSERS,
    });
    const columns = fields.map(({ name }) => name);
    return { columns, rows: rows.slice(0, mostRows), truncated: rows.length > mostRows };
  } finally {
    await database.exec('ROLLBACK');
  }
};

const run = async (
  database: PGlite,
  sql: string,
  parameters: readonly string[] | undefined,
): Promise<undefined> => {
  if (parameters === undefined) await database.exec(sql);
  else await database.query(sql, [...parameters]);
  return undefined;
};

const answerTo = async (database: PGlite, call: PgliteCall): Promise<PgliteAnswer> => {
  try {
    const rows =
      call.kind === 'select'
        ? await select(database, call.sql, call.mostRows)
        : await run(database, call.sql, call.parameters);
    return { id: call.id, rows };
  } catch (error) {
    return { id: call.id, error: Error.isError(error) ? error.message : String(error) };
  }
};

// The calls that come while it starts wait in the port.
const database = await PGlite.create();
let last: Promise<void> = Promise.resolve();
parentPort?.on('message', (call: PgliteCall) => {
  last = last.then(async () => parentPort?.postMessage(await answerTo(database, call)));
});
