import type { ApiAnswer } from './port.ts';

/** A call that Customer.io did not accept. `code` is `http_<status>` or what failed below HTTP. */
export class CustomerIOError extends Error {
  override readonly name = 'CustomerIOError';
  readonly code: string;
  readonly status: number | undefined;
  /** Whether the same call may succeed later: no connection, 408, 429 and 5xx. */
  readonly retryable: boolean;
  /** What the API said, as it came. */
  readonly answer: unknown;

  constructor(answer: ApiAnswer) {
    const code = codeOf(answer);
    super(`Customer.io did not accept the call: ${code}`);
    this.code = code;
    this.status = answer.status;
    this.retryable =
      answer.status === undefined || [408, 429].includes(answer.status) || answer.status >= 500;
    this.answer = answer.json;
  }
}

/** A closed word for an answer that is not a success. */
export const codeOf = (answer: ApiAnswer): string =>
  answer.status === undefined ? (answer.fault ?? 'unknown') : `http_${answer.status}`;

/** Whether the API took the request: 2xx with JSON. A proxy's page with status 200 is not an answer of Customer.io. */
export const isAccepted = (answer: ApiAnswer): boolean =>
  answer.status !== undefined && answer.status >= 200 && answer.status < 300 && answer.json !== undefined;
