import type { IncomingMessage, ServerResponse } from 'node:http';
import { Problem, sendProblem } from '../runtime/http/problem.ts';
import type { Outcome } from './outcome.ts';

type Refused = Exclude<Outcome['kind'], 'stored' | 'quarantined'>;
interface Answer {
  readonly status: number;
  readonly message: string;
  readonly retryAfterSeconds?: number;
}

const RETRY_SECONDS = 5;
const HELD_RETRY_SECONDS = 30;

/**
 * The answers that are not 200. Customer.io keeps silent for an hour after 400, 401, 403, 404, 405, 429, 500, 502 and some
 * more; after 503, 408 and 413 it follows its plain backoff. So whatever is no fault of the sender is 503. Source: contract,
 * section 7, delivery rules.
 */
const ANSWERS: Readonly<Record<Refused, Answer>> = {
  bad_signature: { status: 401, message: 'X-CIO-Signature is not that of X-CIO-Timestamp and the body' },
  method_not_allowed: { status: 405, message: 'only POST is served here' },
  slow: { status: 408, message: 'the body did not come in time' },
  too_large: { status: 413, message: 'the body is too large' },
  full: {
    status: 503,
    message: 'more or larger bodies are on their way than this instance holds: send again',
    retryAfterSeconds: RETRY_SECONDS,
  },
  aborted: { status: 408, message: 'the request ended before its body was complete' },
  no_key: { status: 503, message: 'no signing key is set yet', retryAfterSeconds: HELD_RETRY_SECONDS },
  keys_changed: {
    status: 503,
    message: 'the signing keys changed while the body came: send again',
    retryAfterSeconds: RETRY_SECONDS,
  },
  body_taken: {
    status: 503,
    message: 'the body was read before its signature could be checked',
    retryAfterSeconds: HELD_RETRY_SECONDS,
  },
  not_stored: { status: 503, message: 'the event could not be stored', retryAfterSeconds: RETRY_SECONDS },
  failed: { status: 503, message: 'something failed here', retryAfterSeconds: RETRY_SECONDS },
};

const STORED = JSON.stringify({ stored: true });
/** Names and values by turns, as Node writes them fastest. */
const STORED_HEADERS = [
  ...['Content-Type', 'application/json; charset=utf-8'],
  ...['Content-Length', String(Buffer.byteLength(STORED)), 'X-Correlation-Id'],
];

/** How a request is answered, beside what became of it. */
export interface Answering {
  readonly correlationId: string;
  /** Whether the connection is not to be used again; so it is anyway where the body has not ended. */
  readonly closing: boolean;
}

/**
 * Answers a request by what became of it: 200 only where it is stored, else problem details. A sender that has gone gets none.
 *
 * @returns the status
 */
export const answerWebhook = (
  request: IncomingMessage,
  response: ServerResponse,
  { kind }: Outcome,
  { correlationId, closing }: Answering,
): number => {
  if (closing || !request.complete) response.setHeader('Connection', 'close');
  if (kind === 'stored' || kind === 'quarantined') {
    response.writeHead(200, [...STORED_HEADERS, correlationId]).end(STORED);
    return 200;
  }
  const { status, message, retryAfterSeconds } = ANSWERS[kind];
  response.setHeader('X-Correlation-Id', correlationId);
  if (kind === 'method_not_allowed') response.setHeader('Allow', 'POST');
  const more = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  if (kind !== 'aborted') sendProblem(response, new Problem(status, kind, message, more));
  return status;
};
