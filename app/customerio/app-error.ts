import type { Note } from './note-response.ts';

/** What can be wrong between us and the App API. */
export type AppApiCode =
  | 'unauthorized'
  | 'forbidden'
  | 'wrong_region'
  | 'not_found'
  | 'rate_limited'
  | 'refused'
  | 'unreadable'
  | 'unavailable';

/** A call to the App API that failed for good; the message says what to do next and never holds the key. */
export class AppApiError extends Error {
  override readonly name = 'AppApiError';
  readonly code: AppApiCode;

  constructor(code: AppApiCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

const LONGEST_DETAIL = 500;

/** Customer.io's own words: `errors[].detail`, or `meta.error` (contract, section 1). Anything else says nothing. */
const detailOf = (error: unknown): string => {
  const text = Error.isError(error) && 'body' in error ? error.body : undefined;
  if (typeof text !== 'string') return '';
  try {
    const body = JSON.parse(text) as { errors?: { detail?: unknown }[]; meta?: { error?: unknown } } | null;
    const details = Array.isArray(body?.errors) ? body.errors.map((one) => one?.detail) : [body?.meta?.error];
    const words = details.filter((detail) => typeof detail === 'string').join('; ');
    return words === '' ? '' : `: ${words.slice(0, LONGEST_DETAIL)}`;
  } catch {
    return '';
  }
};

const reasonOf = (error: unknown): string => {
  if (!Error.isError(error)) return 'unknown';
  const { cause } = error;
  return Error.isError(cause) && 'code' in cause ? String(cause.code) : error.name;
};

/**
 * What became of a call, in plain words with what to do next.
 *
 * @param what such as `list the reporting webhooks`
 * @param note what is known of the response even where the SDK loses it
 * @param error what the SDK threw
 * @example appFault('list the reporting webhooks', { status: 401 }, error).code // 'unauthorized'
 */
export const appFault = (what: string, note: Note, error: unknown): AppApiError => {
  const { status } = note;
  const fault = (code: AppApiCode, message: string) => new AppApiError(code, message, { cause: error });
  if (status === undefined) {
    const next = 'check the network and CUSTOMERIO_APP_URL';
    return fault('unavailable', `Customer.io cannot be reached (${reasonOf(error)}): ${next}`);
  }
  if (status >= 300 && status < 400) {
    const next = 'CUSTOMERIO_REGION must be the region of the workspace, us or eu';
    return fault('wrong_region', `Customer.io answers from another data center: ${next}`);
  }
  if (status === 401) {
    const next = 'CUSTOMERIO_APP_API_KEY must be an App API key (not a Track API key) of this workspace';
    return fault(
      'unauthorized',
      `Customer.io does not accept the key: ${next}, and CUSTOMERIO_REGION its region`,
    );
  }
  const detail = detailOf(error);
  if (status === 403) return fault('forbidden', `the App API key may not ${what}: widen its scope${detail}`);
  if (status === 429) {
    const next =
      'nothing is wrong here, try again later; other programs share the limit of 10 requests a second';
    return fault('rate_limited', `Customer.io has too many requests: ${next}${detail}`);
  }
  if (status === 404) {
    const next = 'it is gone, or CUSTOMERIO_APP_URL is not the root of the App API, which ends in /v1';
    return fault('not_found', `Customer.io does not know what is needed to ${what}: ${next}${detail}`);
  }
  if (status >= 500 || status === 408) {
    return fault(
      'unavailable',
      `Customer.io answers ${status}, also when asked again: try again later${detail}`,
    );
  }
  if (status < 300) {
    const next = 'a proxy may stand between, check CUSTOMERIO_APP_URL';
    return fault('unreadable', `the answer to ${what} is not what Customer.io sends: ${next}`);
  }
  return fault('refused', `Customer.io refuses to ${what}: ${status}${detail}`);
};
