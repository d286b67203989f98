import { type Answer, isPassing } from '../secret-manager/rest-client.ts';
import { WarehouseReadError } from './port.ts';

const LONGEST_REASON = 300;

const reasonOf = (body: unknown): string => {
  const message = (body as { error?: { message?: unknown } } | null | undefined)?.error?.message;
  return typeof message === 'string' ? `: ${message.split('\n', 1)[0]?.slice(0, LONGEST_REASON)}` : '';
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
  if (status === 0) return fault('BigQuery cannot be reached: check the network');
  if (status === 401) {
    return fault('Google does not accept the credentials: run `gcloud auth application-default login`');
  }
  if (status === 403) {
    const next = `ask for roles/bigquery.jobUser in project ${project} and roles/bigquery.dataViewer on its dataset`;
    return fault(`not allowed to read ${table}: ${next}${reasonOf(body)}`);
  }
  if (status === 404) return fault(`there is no ${table}: deploy first, or check --project and --dataset`);
  if (isPassing(status)) return fault(`BigQuery answers ${status}, also when asked again: try again later`);
  return fault(`BigQuery refuses the query: ${status}${reasonOf(body)}`);
};
