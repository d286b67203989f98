import express, { Router } from 'express';
import { PostgresError, type PostgresErrorCode } from '../postgres/port.ts';
import { goneSignal } from '../runtime/http/gone-signal.ts';
import { localOnly } from '../runtime/http/local-only.ts';
import { Problem } from '../runtime/http/problem.ts';
import type { LocalWarehouse } from './local-warehouse.ts';
import { QUERY_PATH } from './query-path.ts';

const ANSWERS: Readonly<Record<PostgresErrorCode, readonly [status: number, code: string]>> = {
  refused: [400, 'bad_query'],
  late: [400, 'query_too_long'],
  gone: [503, 'warehouse_gone'],
};

const sqlOf = (body: unknown): string => {
  const sql = typeof body === 'object' && body !== null && 'sql' in body ? body.sql : undefined;
  if (typeof sql === 'string' && sql.trim() !== '') return sql;
  throw new Problem(400, 'bad_request', 'the body must be JSON, {"sql": "SELECT …"}, with its Content-Type');
};

const asProblem = (error: unknown): unknown => {
  if (!(error instanceof PostgresError)) return error;
  const [status, code] = ANSWERS[error.code];
  return new Problem(status, code, error.message);
};

/**
 * `POST /warehouse/query`, for this machine only: `{"sql": "SELECT …"}` in BigQuery's SQL is answered with `{columns, rows, truncated}`,
 * at most 1,000 rows, 8 MB and 15 s, for a query of at most 16 kB; it is not run where its client goes while it waits for others. The first query also starts the database, which takes seconds.
 *
 * @param warehouse undefined where webhooks do not go to the local warehouse
 */
export const warehouseRouter = (warehouse: LocalWarehouse | undefined): Router => {
  const router = Router();
  router.post(
    QUERY_PATH,
    localOnly('the warehouse'),
    express.json({ limit: '100kb' }),
    async (request, response) => {
      const sql = sqlOf(request.body);
      if (warehouse === undefined) {
        throw new Problem(404, 'no_warehouse', 'webhooks go to Pub/Sub here: there is no local warehouse');
      }
      try {
        response.json(await warehouse.query(sql, { signal: goneSignal(response) }));
      } catch (error) {
        throw asProblem(error);
      }
    },
  );
  return router;
};
