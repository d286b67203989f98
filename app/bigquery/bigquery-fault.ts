import { type Answer, isPassing } from '../secret-manager/rest-client.ts';
import { WarehouseReadError } from './port.ts';
import { type Refusal, refusedAccess } from './refused-access.ts';

const LONGEST_MESSAGE = 300;

interface GoogleError {
  readonly message?: unknown;
  readonly errors?: unknown;
  readonly details?: unknown;
}

const reasonsIn = (list: unknown): readonly string[] =>
  Array.isArray(list)
    ? list.map((one: { readonly reason?: unknown } | null) => String(one?.reason ?? ''))
    : [];

const refusalOf = (body: unknown): Refusal => {
  const error = (body as { readonly error?: GoogleError } | null | undefined)?.error;
  const message = typeof error?.message === 'string' ? (error.message.split('\n', 1)[0] ?? '') : '';
  return { message, reasons: [...reasonsIn(error?.errors), ...reasonsIn(error?.details)] };
};

/**
 * An answer of BigQuery that is no success, in plain words with what to do next.
 *
 * @param table such as `acme.customerio_events.delivery_events`
 */
export const bigQueryFault = (
  { status, body, cause }: Answer,
  table: string,
  project: string,
): WarehouseReadError => {
  const fault = (message: string) => new WarehouseReadError(message, { cause });
  const refusal = refusalOf(body);
  const because = refusal.message === '' ? '' : `: ${refusal.message.slice(0, LONGEST_MESSAGE)}`;
  if (status === 0) return fault('BigQuery cannot be reached: check the network');
  if (status === 401) {
    return fault('Google does not accept the credentials: run `gcloud auth application-default login`');
  }
  if (status === 403) return fault(`${refusedAccess(refusal, table, project)}${because}`);
  if (status === 404) return fault(`there is no ${table}: deploy first, or check --project and --dataset`);
  if (isPassing(status)) return fault(`BigQuery answers ${status}, also when asked again: try again later`);
  return fault(`BigQuery refuses the query: ${status}${because}`);
};
