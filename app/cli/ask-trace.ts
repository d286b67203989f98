import { WarehouseReadError } from '../bigquery/port.ts';
import type { TraceAnswer } from '../trace/trace-answer.ts';
import { TRACE_PATH } from '../trace/trace-path.ts';

/** How far `npm start` is to search. */
export interface TraceQuestion {
  /** An age such as `24h`, or an RFC 3339 time. */
  readonly since: string;
  readonly max: number;
  /** Seconds. */
  readonly within: number;
}

/** Topics are read one after the other twice, and the database of the warehouse may have to start. */
const patienceMs = ({ within }: TraceQuestion): number => within * 2_000 + 60_000;

const fetched = async (url: URL, ms: number): Promise<{ readonly ok: boolean; readonly text: string }> => {
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(ms) });
    return { ok: response.ok, text: await response.text() };
  } catch (error) {
    const isLate = Error.isError(error) && error.name === 'TimeoutError';
    const words = isLate ? `no answer in ${ms / 1000} s from` : 'nothing answers at';
    const next = 'start it with npm start, or give --url, or --project for BigQuery';
    throw new WarehouseReadError(`${words} ${url.origin}: ${next}`, { cause: error });
  }
};

const parsed = (text: string): Readonly<Record<string, unknown>> => {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
};

const isAnswer = (body: Readonly<Record<string, unknown>>): boolean =>
  Array.isArray(body['steps']) && Array.isArray(body['verdicts']) && typeof body['searched'] === 'object';

/**
 * Asks a running `npm start` for a trace.
 *
 * @param url where it listens
 * @throws WarehouseReadError, also where nothing answers
 * @example await askTrace('http://localhost:8080', 'm1', { since: '2026-11-24T08:00:00Z', max: 1_000_000, within: 20 })
 */
export const askTrace = async (url: string, id: string, question: TraceQuestion): Promise<TraceAnswer> => {
  const address = new URL(`${TRACE_PATH}/${encodeURIComponent(id)}`, url);
  for (const [name, value] of Object.entries(question)) address.searchParams.set(name, String(value));
  const { ok, text } = await fetched(address, patienceMs(question));
  const body = parsed(text);
  if (ok && isAnswer(body)) return body as unknown as TraceAnswer;
  if (!ok && typeof body['message'] === 'string')
    throw new WarehouseReadError(`npm start: ${body['message']}`);
  throw new WarehouseReadError(`${address.origin} answers no trace: is that npm start, of this version?`);
};
