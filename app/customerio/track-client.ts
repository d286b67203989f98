import { RegionEU, RegionUS, TrackClient } from 'customerio-node';
import { type Note, notingDispatcher, withNote } from './note-response.ts';
import type { ApiAnswer, TrackApi } from './port.ts';

/** How to reach the Track API. */
export interface TrackClientOptions {
  readonly siteId: string;
  readonly apiKey: string;
  readonly region: 'us' | 'eu';
  /** The API's root, ending in `/api/v1`, instead of the region's. */
  readonly url?: string | undefined;
  /** Milliseconds until a request is given up. */
  readonly timeoutMs: number;
  /** Most requests at once. */
  readonly connections: number;
}

/**
 * How long `Retry-After` asks to wait, in milliseconds; seconds or an HTTP date.
 *
 * @example retryAfterMs('2', Date.now()) // 2000
 */
export const retryAfterMs = (value: string | undefined, now: number): number | undefined => {
  if (value === undefined || value.trim() === '') return undefined;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - now;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
};

const faultOf = (error: unknown): string => {
  if (!Error.isError(error)) return 'unknown';
  const { cause } = error;
  if (Error.isError(cause) && 'code' in cause) return String(cause.code);
  return error.name;
};

const bodyOf = (error: unknown): unknown => {
  const body = Error.isError(error) && 'body' in error ? error.body : undefined;
  if (typeof body !== 'string') return undefined;
  try {
    return body === '' ? undefined : JSON.parse(body);
  } catch {
    return undefined;
  }
};

const answerOf = (note: Note, result: unknown, error: unknown): ApiAnswer => {
  const wait = retryAfterMs(note.retryAfter, Date.now());
  const json = error === undefined ? result : bodyOf(error);
  return {
    ...(note.status === undefined ? { fault: faultOf(error) } : { status: note.status }),
    ...(json !== undefined && { json }),
    ...(wait !== undefined && { retryAfterMs: wait }),
  };
};

/**
 * The Track API by customerio-node, its own retries off: the engine decides what is sent again. The status of an answer whose
 * body is not JSON, which the SDK loses, is recovered below it; redirects are not followed.
 * Source of the traps: contract, "customerio-node 5.2.0".
 *
 * @example createTrackClient({ siteId, apiKey, region: 'eu', timeoutMs: 10_000, connections: 6 }).batch(operations)
 */
export const createTrackClient = (options: TrackClientOptions): TrackApi => {
  const client = new TrackClient(options.siteId, options.apiKey, {
    region: options.region === 'eu' ? RegionEU : RegionUS,
    ...(options.url !== undefined && { url: options.url }),
    timeout: options.timeoutMs,
    retry: { maxRetries: 0 },
    // The same class in two copies of its types.
    dispatcher: notingDispatcher(options.connections) as unknown as NonNullable<RequestInit['dispatcher']>,
  });
  const call = async (request: () => Promise<unknown>): Promise<ApiAnswer> => {
    // The SDK throws some faults synchronously: inside the async arrow they become rejections.
    const { note, result, error } = await withNote(async () => request());
    return answerOf(note, result, error);
  };
  return {
    batch: (operations) => call(() => client.batch([...operations] as Parameters<TrackClient['batch']>[0])),
    entity: (operation) => call(() => client.entity(operation as Parameters<TrackClient['entity']>[0])),
    trackAnonymous: (anonymousId, event) => call(() => client.trackAnonymous(anonymousId, { ...event })),
    reportMetric: (report) => call(() => client.reportMetric({ ...report })),
  };
};
