/** What a refusal of BigQuery says in its own words. */
export interface Refusal {
  /** The first line of its message. */
  readonly message: string;
  /** Codes such as `accessDenied` and `SERVICE_DISABLED`. */
  readonly reasons: readonly string[];
}

/** What a role is missing for, by the permission or the kind of thing that the refusal names. */
const MISSING = [
  {
    named: /\bbigquery\.jobs\./,
    role: 'roles/bigquery.jobUser',
    on: 'project',
    to: 'run queries in',
  },
  {
    named:
      /\bbigquery\.(tables|datasets|routines|models|rowAccessPolicies)\.|^Access Denied: (Table|View|Dataset|Materialized View)\b/,
    role: 'roles/bigquery.dataViewer',
    on: 'dataset',
    to: 'read',
  },
  {
    named: /\bserviceusage\.services\.use\b/,
    role: 'roles/serviceusage.serviceUsageConsumer',
    on: 'project',
    to: 'use',
  },
] as const;

const OFF = ['SERVICE_DISABLED', 'accessNotConfigured'];
const TOO_MUCH = ['quotaExceeded', 'rateLimitExceeded'];

/**
 * What to do about an answer 403: which role is missing and on what, by the permission that Google names; both roles that reading needs where it
 * names none.
 *
 * Source: https://cloud.google.com/bigquery/docs/error-messages, https://cloud.google.com/bigquery/docs/access-control
 *
 * @param table such as `acme.customerio_events.delivery_events`
 * @example refusedAccess({ message: '… bigquery.jobs.create permission …', reasons: [] }, 'acme.events.t', 'acme')
 * // 'not allowed to run queries in project acme: ask for roles/bigquery.jobUser on it'
 */
export const refusedAccess = ({ message, reasons }: Refusal, table: string, project: string): string => {
  if (reasons.some((reason) => OFF.includes(reason)))
    return `the BigQuery API is off: run \`gcloud services enable bigquery.googleapis.com --project ${project}\``;
  if (reasons.some((reason) => TOO_MUCH.includes(reason)))
    return 'a quota of BigQuery is used up: try again later, or ask for a shorter time';
  const missing = MISSING.find(({ named }) => named.test(message));
  if (missing !== undefined) {
    const what =
      missing.on === 'project' ? `project ${project}` : `dataset ${table.split('.').slice(0, -1).join('.')}`;
    return `not allowed to ${missing.to} ${what}: ask for ${missing.role} on it`;
  }
  return `not allowed to read ${table}: ask for roles/bigquery.jobUser in project ${project} and roles/bigquery.dataViewer on its dataset`;
};
