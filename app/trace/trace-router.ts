import { Router } from 'express';
import { WarehouseReadError } from '../bigquery/port.ts';
import { BusError } from '../kafka/port.ts';
import { goneSignal } from '../runtime/http/gone-signal.ts';
import { localOnly } from '../runtime/http/local-only.ts';
import { Problem } from '../runtime/http/problem.ts';
import { idFault } from './id-fault.ts';
import type { ReadLimits } from './read-log.ts';
import { sinceOf } from './since-of.ts';
import { type TraceStores, trace } from './trace.ts';
import { traceAnswer } from './trace-answer.ts';
import { TRACE_PATH } from './trace-path.ts';

const SINCE = '24h';
const MAX = { usual: 1_000_000, most: 10_000_000 };
const WITHIN_SECONDS = { usual: 20, most: 600 };
const QUIET_MS = 5_000;

const badRequest = (message: string): Problem => new Problem(400, 'bad_request', message);

type Query = Readonly<Record<string, unknown>>;

const textIn = (query: Query, name: string): string | undefined => {
  const value = query[name];
  if (value === undefined || typeof value === 'string') return value;
  throw badRequest(`${name} may be given once`);
};

const numberIn = (query: Query, name: string, { usual, most }: typeof MAX): number => {
  const text = textIn(query, name);
  const value = text === undefined ? usual : Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw badRequest(`${name} must be a whole number from 1 to ${most}`);
};

const sinceIn = (query: Query, now: number): number => {
  try {
    return sinceOf(textIn(query, 'since') ?? SINCE, now);
  } catch (error) {
    throw error instanceof RangeError ? badRequest(error.message) : error;
  }
};

const limitsIn = (query: Query, now: number): ReadLimits => ({
  since: sinceIn(query, now),
  max: numberIn(query, 'max', MAX),
  withinMs: numberIn(query, 'within', WITHIN_SECONDS) * 1000,
  quietMs: QUIET_MS,
});

const asProblem = (error: unknown): unknown => {
  if (error instanceof BusError) return new Problem(503, 'kafka_unavailable', error.message);
  if (error instanceof WarehouseReadError) return new Problem(503, 'warehouse_unavailable', error.message);
  return error;
};

/**
 * `GET /trace/:id` of `npm start`, for this machine only: what is known of a message id, event id, correlation id, delivery id or
 * person, as a {@link TraceAnswer}; 200 also where that is nothing. `since` is an age or a time (24h), `max` the most records
 * looked at of each topic (1,000,000), `within` the seconds that each is read for at most (20).
 *
 * @param storesFor what a request looks in; a store may leave undone what waits when its client has gone
 * @param now milliseconds since 1970
 */
export const traceRouter = (storesFor: (gone: AbortSignal) => TraceStores, now: () => number): Router => {
  const router = Router();
  router.get<{ id: string }>(`${TRACE_PATH}/:id`, localOnly('the trace'), async (request, response) => {
    const { id } = request.params;
    const fault = idFault(id);
    if (fault !== undefined) throw badRequest(fault);
    const at = now();
    const limits = limitsIn(request.query, at);
    try {
      const found = await trace(id, storesFor(goneSignal(response)), limits, at);
      response.set('Cache-Control', 'no-store').json(traceAnswer(id, limits.since, found));
    } catch (error) {
      throw asProblem(error);
    }
  });
  return router;
};
