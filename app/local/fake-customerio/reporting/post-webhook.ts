import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** How one attempt ended. `code` is Node's, such as ECONNREFUSED. */
export type Attempt =
  | { readonly kind: 'answered'; readonly status: number }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'broken'; readonly code: string }
  | { readonly kind: 'aborted' };

/** One POST. */
export interface WebhookPost {
  readonly endpoint: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** For the whole call, its answer included. */
  readonly timeoutMs: number;
  /** Ends the call at once. */
  readonly signal: AbortSignal;
}

const codeOf = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : error.name;

/**
 * Posts a webhook once. Never rejects: whatever happens is an {@link Attempt}.
 *
 * @example await postWebhook({ endpoint, body: '{}', headers: {}, timeoutMs: 4000, signal }) // { kind: 'answered', status: 200 }
 */
export const postWebhook = ({
  endpoint,
  body,
  headers,
  timeoutMs,
  signal,
}: WebhookPost): Promise<Attempt> => {
  const { promise, resolve } = Promise.withResolvers<Attempt>();
  if (signal.aborted) return Promise.resolve({ kind: 'aborted' });
  if (!URL.canParse(endpoint)) return Promise.resolve({ kind: 'broken', code: 'ERR_INVALID_URL' });
  const url = new URL(endpoint);
  const post = url.protocol === 'https:' ? requestHttps : requestHttp;
  // A connection of its own for each call: one that was kept open may be closed by the receiver just then, and Customer.io
  // waits an hour after that.
  const request = post(url, {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers },
  });
  const end = (attempt: Attempt): void => {
    resolve(attempt);
    request.destroy();
  };
  const timer = setTimeout(() => end({ kind: 'timeout' }), timeoutMs);
  const abort = (): void => end({ kind: 'aborted' });
  signal.addEventListener('abort', abort);
  request.on('error', (error) => end({ kind: 'broken', code: codeOf(error) }));
  request.on('response', (response) => {
    response.on('error', (error) => end({ kind: 'broken', code: codeOf(error) }));
    response.on('end', () => end({ kind: 'answered', status: response.statusCode ?? 0 }));
    response.resume();
  });
  request.end(body);
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  });
};
