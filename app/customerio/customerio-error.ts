import type { ApiAnswer } from './port.ts';

/** A call that Customer.io did not accept. `code` is `http_<status>` or what failed below HTTP. */
export class CustomerIOError extends Error {
  override readonly name = 'CustomerIOError';
  readonly code: string;
  readonly status: number | undefined;
  /** Whether the same call may succeed later: no connection, no JSON, 408, 429 and 5xx. */
  readonly retryable: boolean;
  /** What the API said, as it came. */
  readonly answer: unknown;

  constructor(answer: ApiAnswer) {
    const code = codeOf(answer);
    super(`Customer.io did not accept the call: ${code}`);
    this.code = code;
    this.status = answer.status;
    this.retryable = isTransient(answer.status);
    this.answer = answer.json;
  }
}

/** A success that is no JSON is a proxy's page: the call may succeed later. */
const isTransient = (status: number | undefined): boolean =>
  status === undefined || status < 300 || status === 408 || status === 429 || status >= 500;

/** A closed word for an answer that is not a success. */
export const codeOf = (answer: ApiAnswer): string =>
  answer.status === undefined ? (answer.fault ?? 'unknown') : `http_${answer.status}`;

/** Whether the API took the request: 2xx with JSON. A proxy's page with status 200 is not an answer of Customer.io. */
export const isAccepted = (answer: ApiAnswer): boolean =>
  answer.status !== undefined && answer.status >= 200 && answer.status < 300 && answer.json !== undefined;
