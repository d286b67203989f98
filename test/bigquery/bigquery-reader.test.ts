import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BigQueryReader } from '../../app/bigquery/bigquery-reader.ts';
import { type RowQuery, WarehouseReadError } from '../../app/bigquery/port.ts';
import { NoCredentialsError } from '../../app/google-auth/google-headers.ts';
import { FakeBigQuery } from './fake-bigquery.ts';

const FROM = Date.UTC(2026, 0, 1);
const QUERY: RowQuery = {
  columns: ['delivery_id', 'metric'],
  anyOf: [{ column: 'delivery_id', values: ["d'1", 'd2'] }],
  from: FROM,
  to: FROM + 1000,
};
const REFERENCE = { projectId: 'acme', jobId: 'job/1', location: 'europe-west1' };
const FIELDS = [
  { name: 'delivery_id', type: 'STRING' },
  { name: 'timestamp', type: 'TIMESTAMP' },
  { name: 'refilled', type: 'BOOLEAN' },
  { name: 'link_id', type: 'INTEGER' },
];
const page = (more: object, ...rows: readonly (readonly unknown[])[]): object => ({
  jobReference: REFERENCE,
  jobComplete: true,
  schema: { fields: FIELDS },
  rows: rows.map((values) => ({ f: values.map((v) => ({ v })) })),
  ...more,
});

let bigQuery: FakeBigQuery;
let reader: BigQueryReader;
beforeEach(async () => {
  bigQuery = await new FakeBigQuery().start();
  reader = new BigQueryReader({
    project: 'acme',
    dataset: 'eu_customerio_events',
    endpoint: bigQuery.endpoint,
    credentials: async () => new Headers({ authorization: 'Bearer t0ken' }),
    wait: async () => undefined,
    polls: 2,
  });
});
afterEach(() => bigQuery.close());

const faultOf = async (run: Promise<unknown>): Promise<string> => {
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(WarehouseReadError);
  return (error as Error).message;
};

describe('BigQueryReader', () => {
  it('asks by parameters, never by values in the text, and always for a range of the partitions', async () => {
    bigQuery.replies.push({ body: page({}) });
    expect(await reader.rows(QUERY)).toEqual([]);
    expect(bigQuery.asked).toMatchObject([
      {
        method: 'POST',
        path: '/bigquery/v2/projects/acme/queries',
        authorization: 'Bearer t0ken',
        body: {
          query:
            'SELECT DISTINCT `delivery_id`, `metric` FROM `acme.eu_customerio_events.delivery_events` ' +
            'WHERE timestamp >= @p0 AND timestamp < @p1 AND (`delivery_id` IN UNNEST(@p2))',
          useLegacySql: false,
          parameterMode: 'NAMED',
          queryParameters: [
            {
              name: 'p0',
              parameterType: { type: 'TIMESTAMP' },
              parameterValue: { value: '2026-01-01T00:00:00.000Z' },
            },
            { name: 'p1', parameterValue: { value: '2026-01-01T00:00:01.000Z' } },
            {
              name: 'p2',
              parameterType: { type: 'ARRAY', arrayType: { type: 'STRING' } },
              parameterValue: { arrayValues: [{ value: "d'1" }, { value: 'd2' }] },
            },
          ],
        },
      },
    ]);
  });

  it('reads values by the types of their columns', async () => {
    bigQuery.replies.push({
      body: page({}, ['d1', '1767225600123000', 'true', '5'], [null, null, 'false', null]),
    });
    expect(await reader.rows(QUERY)).toEqual([
      { delivery_id: 'd1', timestamp: '2026-01-01T00:00:00.123Z', refilled: true, link_id: 5 },
      { delivery_id: null, timestamp: null, refilled: false, link_id: null },
    ]);
  });

  it('waits for a query that is not finished, and reads every page', async () => {
    bigQuery.replies.push({ body: { jobReference: REFERENCE, jobComplete: false } });
    bigQuery.replies.push({ body: page({ pageToken: 'two' }, ['d1', null, null, null]) });
    bigQuery.replies.push({ body: page({}, ['d2', null, null, null]) });
    const rows = await reader.rows(QUERY);
    expect(rows.map((row) => row['delivery_id'])).toEqual(['d1', 'd2']);
    expect(bigQuery.asked.slice(1)).toMatchObject([
      {
        method: 'GET',
        path: '/bigquery/v2/projects/acme/queries/job%2F1',
        search: { location: 'europe-west1' },
      },
      { search: { pageToken: 'two', 'formatOptions.useInt64Timestamp': 'true' } },
    ]);
    expect(bigQuery.asked[1]?.search).not.toHaveProperty('pageToken');
  });

  it('gives a query up that does not finish', async () => {
    const unfinished = { body: { jobReference: REFERENCE, jobComplete: false } };
    bigQuery.replies.push(unfinished, unfinished, unfinished);
    expect(await faultOf(reader.rows(QUERY))).toContain('does not finish');
    expect(bigQuery.asked).toHaveLength(3);
  });

  it('repeats a query under the same request id, so that it does not run twice', async () => {
    bigQuery.replies.push({ status: 503, body: '<html>' }, { body: page({}) });
    await reader.rows(QUERY);
    const ids = bigQuery.asked.map(({ body }) => body?.['requestId']);
    expect(ids).toEqual([expect.any(String), ids[0]]);
  });

  it.each([
    [401, /gcloud auth application-default login/],
    [403, /roles\/bigquery.jobUser in project acme.*: Access Denied/],
    [404, /there is no acme.eu_customerio_events.delivery_events: deploy first/],
    [400, /refuses the query: 400: Access Denied/],
    [500, /answers 500, also when asked again/],
  ])('says what to do about %i', async (status, words) => {
    bigQuery.replies.push(
      ...Array.from({ length: 4 }, () => ({ status, body: { error: { message: 'Access Denied\nmore' } } })),
    );
    expect(await faultOf(reader.rows(QUERY))).toMatch(words);
  });

  it('takes no proxy’s page for an answer', async () => {
    bigQuery.replies.push({ body: '<html>' });
    expect(await faultOf(reader.rows(QUERY))).toContain('unknown form');
  });

  it('says how to get credentials', async () => {
    const credentials = async (): Promise<Headers> => {
      throw new NoCredentialsError('no usable Google credentials');
    };
    expect(await faultOf(new BigQueryReader({ project: 'acme', credentials }).rows(QUERY))).toBe(
      'no usable Google credentials',
    );
  });

  it('does not ask for everything', async () => {
    const nothing = { ...QUERY, anyOf: [{ column: 'delivery_id' as const, values: [] }] };
    expect(await faultOf(reader.rows(nothing))).toBe('nothing is asked for');
    expect(bigQuery.asked).toEqual([]);
  });

  it('asks for the newest rows and one more, which tells whether there are more', async () => {
    bigQuery.replies.push({ body: page({}, ['d1', '2', null, null], ['d2', '1', null, null]) });
    const query = { ...QUERY, columns: ['delivery_id', 'timestamp'] } as const;
    const { rows, complete } = await reader.newest(query, 1);
    expect([rows.map((row) => row['delivery_id']), complete]).toEqual([['d1'], false]);
    expect(bigQuery.asked[0]?.body?.['query']).toMatch(/\)\) ORDER BY `timestamp` DESC LIMIT 2$/);
    bigQuery.replies.push({ body: page({}, ['d1', '2', null, null]) });
    expect(await reader.newest(query, 1)).toMatchObject({ complete: true });
  });

  it('asks both tables of strays for ids as parameters, in their own partitions', async () => {
    const fields = ['happened_at', 'attributes', 'event_id', 'person_id'].map((name) => ({
      name,
      type: name === 'happened_at' ? 'TIMESTAMP' : 'STRING',
    }));
    const reason = 'Error parsing timestamp: abc';
    const attributes = JSON.stringify({
      table: 'delivery_events',
      CloudPubSubDeadLetterSourceDeliveryErrorMessage: reason,
    });
    const letters = page(
      { schema: { fields } },
      ['1767225600000000', attributes, 'w1', "u'1"],
      ['1767225600000000', attributes, 'w2', 'other'],
      ['1767225600000000', 'no JSON', null, null],
    );
    bigQuery.answer = (sql) => (sql.includes('dead_letters') ? letters : page({ schema: { fields } }));
    const ids = ["u'1", 'd"1'];
    const { quarantine, dead_letters: dead } = await reader.strays({ ids, from: FROM, to: FROM + 1 }, 5);
    expect(quarantine).toEqual({ rows: [], complete: true });
    const happened_at = '2026-01-01T00:00:00.000Z';
    // What cannot be read may be meant; a row in which another value is equal to an id is not.
    expect(dead.rows).toEqual([
      { happened_at, event_id: 'w1', person_id: "u'1", table: 'delivery_events', reason },
      { happened_at, event_id: null, person_id: null, table: undefined, reason: undefined },
    ]);
    const queries = bigQuery.asked.map(({ body }) => String(body?.['query'])).toSorted();
    expect(queries[0]).toMatch(/FROM `acme.eu_customerio_events.dead_letters` WHERE publish_time >= @p\d/);
    expect(queries[1]).toMatch(/FROM `acme.eu_customerio_events.quarantine` WHERE received_at >= @p\d/);
    expect(queries.join()).not.toMatch(/u'1|d"1/);
    const values = JSON.stringify(bigQuery.asked.map(({ body }) => body?.['queryParameters']));
    for (const text of [...ids, ...ids.map((id) => JSON.stringify(id))]) {
      expect(values).toContain(JSON.stringify({ value: text }));
    }
  });

  it('names the table that is not there', async () => {
    bigQuery.answer = (sql) => (sql.includes('dead_letters') ? undefined : page({}));
    const strays = reader.strays({ ids: ['x'], from: FROM, to: FROM + 1 }, 5);
    expect(await faultOf(strays)).toContain('there is no acme.eu_customerio_events.dead_letters');
    expect(await faultOf(reader.strays({ ids: [], from: FROM, to: FROM + 1 }, 5))).toBe(
      'nothing is asked for',
    );
  });
});
