import { parentPort } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import type { PgliteAnswer, PgliteCall } from './pglite-calls.ts';
import type { Rows, RowsLimits } from './port.ts';
import { PARSERS, readRows } from './read-rows.ts';

/** A cursor takes a single SELECT that changes nothing, and reads no more rows than are fetched. */
const select = async (database: PGlite, sql: string, most: RowsLimits): Promise<Rows> => {
  await database.exec('BEGIN READ ONLY');
  try {
    await database.query(`DECLARE answer NO SCROLL CURSOR FOR ${sql}`);
    return await readRows(database, most);
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
        ? await select(database, call.sql, call.most)
        : await run(database, call.sql, call.parameters);
    return { id: call.id, rows };
  } catch (error) {
    return { id: call.id, error: Error.isError(error) ? error.message : String(error) };
  }
};

// The calls that come while it starts wait in the port.
const database = await PGlite.create({ parsers: PARSERS });
let last: Promise<void> = Promise.resolve();
parentPort?.on('message', (call: PgliteCall) => {
  last = last.then(async () => parentPort?.postMessage(await answerTo(database, call)));
});
