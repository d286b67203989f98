import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BigQueryReader } from '../../app/bigquery/bigquery-reader.ts';
import { FakeBigQuery } from './fake-bigquery.ts';

const TABLE = 'acme:customerio_events.delivery_events';

describe('a refusal of BigQuery names the role that is missing', () => {
  let bigQuery: FakeBigQuery;
  beforeEach(async () => {
    bigQuery = await new FakeBigQuery().start();
  });
  afterEach(() => bigQuery.close());

  const said = async (error: object): Promise<string> => {
    bigQuery.replies.push({ status: 403, body: { error } });
    const { endpoint } = bigQuery;
    const reader = new BigQueryReader({ project: 'acme', endpoint, credentials: async () => new Headers() });
    const query = {
      columns: ['delivery_id'],
      anyOf: [{ column: 'delivery_id', values: ['d1'] }],
      from: 0,
      to: 1,
    } as const;
    return reader.rows(query).then(
      () => 'nothing',
      (error: unknown) => (Error.isError(error) ? error.message : String(error)),
    );
  };

  it.each([
    [
      'Access Denied: Project acme: User does not have bigquery.jobs.create permission in project acme.',
      'not allowed to run queries in project acme: ask for roles/bigquery.jobUser on it: Access Denied: Project acme',
    ],
    [
      `Access Denied: Table ${TABLE}: User does not have permission to query table ${TABLE}, or perhaps it does not exist.`,
      'not allowed to read dataset acme.customerio_events: ask for roles/bigquery.dataViewer on it: Access Denied: Table',
    ],
    [
      `Access Denied: Table ${TABLE}: Permission bigquery.tables.getData denied on table ${TABLE} (or it may not exist).`,
      'not allowed to read dataset acme.customerio_events: ask for roles/bigquery.dataViewer on it: ',
    ],
    [
      'Access Denied: Dataset acme:customerio_events: Permission bigquery.datasets.get denied on dataset acme:customerio_events',
      'not allowed to read dataset acme.customerio_events: ask for roles/bigquery.dataViewer on it: ',
    ],
    [
      'Caller does not have required permission to use project acme: serviceusage.services.use is missing',
      'not allowed to use project acme: ask for roles/serviceusage.serviceUsageConsumer on it: ',
    ],
    [
      'Access Denied',
      'not allowed to read acme.customerio_events.delivery_events: ask for roles/bigquery.jobUser in project acme and roles/bigquery.dataViewer on its dataset: Access Denied',
    ],
  ])('%s', async (message, words) => {
    expect(await said({ message, errors: [{ reason: 'accessDenied' }] })).toContain(words);
  });

  it.each([
    [{ errors: [{ reason: 'quotaExceeded' }] }, 'a quota of BigQuery is used up'],
    [{ errors: [{ reason: 'rateLimitExceeded' }] }, 'a quota of BigQuery is used up'],
    [{ errors: [{ reason: 'accessNotConfigured' }] }, 'gcloud services enable bigquery.googleapis.com'],
    [{ details: [null, { reason: 'SERVICE_DISABLED' }] }, 'gcloud services enable bigquery.googleapis.com'],
    [{ errors: 'none', details: {} }, 'roles/bigquery.jobUser in project acme and'],
  ])('or what else is wrong: %j', async (error, words) => {
    expect(await said({ message: 'Refused', ...error })).toContain(words);
  });
});
