import { mkdtempSync, rmSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Child, eventually, startFile } from '../support/child.ts';
import { type RawAnswer, rawRequest } from '../support/raw-request.ts';

const LIMIT_MS = 30_000;
const FAKE = '/fake-customerio';
const AUTHORIZED = { authorization: `Basic ${btoa('local:')}`, 'content-type': 'application/json' };
const EVENT = JSON.stringify({ userId: 'u1', event: 'Counted', properties: { secret: 'trait' } });

const READS = [
  ...['/', '/page.js', '/status.json', '/metrics', '/healthz', '/readyz', '/v1/openapi.json', '/trace/m1'],
  ...['/people', '/people/u1', '/requests', '/faults', '/stats', '/webhooks', '/deliveries', '/clock'].map(
    (path) => `${FAKE}/_control${path}`,
  ),
  ...[`${FAKE}/app/v1/reporting_webhooks`, '/nothing', '/.', '//', '/%zz'],
];
const CHANGES = [
  ...['/faults', '/webhooks', '/webhooks/settings', '/deliveries', '/clock'].map(
    (path) => `POST ${FAKE}/_control${path}`,
  ),
  ...[`DELETE ${FAKE}/_control`, `DELETE ${FAKE}/_control/faults`, 'POST /v1/track', 'POST /v1/batch'],
  ...['POST /warehouse/query', 'POST /warehouse/refill', 'POST /webhooks/customerio'],
  // Open at Customer.io too: mail clients and devices have no credentials.
  ...[`POST ${FAKE}/track/api/v1/metrics`, `POST ${FAKE}/track/api/v1/push/events`],
  ...[`POST ${FAKE}/track/unsubscribe/d1`, `PUT ${FAKE}/track/api/v1/customers/u1`],
];

describe('npm start, with every page of the browser beside it', () => {
  let folder: string;
  let running: Child;
  let port: number;
  const send = (line: string, headers: Readonly<Record<string, string>>, body = ''): Promise<RawAnswer> =>
    rawRequest(port, line, headers, body);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cio-browsers-'));
    const env = { PORT: '0', LOG_LEVEL: 'silent', HOST: '0.0.0.0', LOCAL_HOSTS: 'platform, dev.example' };
    running = await startFile('app/local/main.ts', env, folder);
    port = Number(new URL(running.url).port);
  }, LIMIT_MS);
  afterAll(async () => {
    await running.stop();
    rmSync(folder, { recursive: true });
  });

  it.each([...READS.map((path) => `GET ${path}`), ...CHANGES])(
    'has no route for a name that was made to point here: %s',
    async (line) => {
      const answer = await send(line, { Host: `evil.example:${port}`, ...AUTHORIZED }, EVENT);
      expect([answer.status, JSON.parse(answer.body).code]).toEqual([403, 'host_not_allowed']);
    },
  );

  it.each(CHANGES)('has no route for a page of another site that changes anything: %s', async (line) => {
    const host = `localhost:${port}`;
    for (const page of [
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      { 'Sec-Fetch-Site': 'same-site' },
    ]) {
      const answer = await send(line, { Host: host, ...page, ...AUTHORIZED }, EVENT);
      expect([answer.status, JSON.parse(answer.body).code]).toEqual([403, 'foreign_page']);
    }
  });

  it.each([...READS.map((path) => `GET ${path}`), ...CHANGES])(
    'forbids frames and guessing of types in the answer to %s',
    async (line) => {
      const { headers } = await send(line, { Host: `localhost:${port}`, 'content-type': 'application/json' });
      const forbidden = ['x-frame-options', 'content-security-policy', 'x-content-type-options'];
      expect(forbidden.map((name) => headers.get(name)?.trim())).toEqual([
        'DENY',
        "frame-ancestors 'none'",
        'nosniff',
      ]);
    },
  );

  it.each([
    ['a header that is none', 'GET /', { 'bad header': 'x' }, 400],
    ['headers that are too long', 'GET /', { Long: 'x'.repeat(20_000) }, 431],
  ])('forbids frames in the answer to %s, which reaches no route', async (_what, line, more, wanted) => {
    const { status, headers } = await send(line, { Host: 'localhost', ...more });
    expect([status, headers.get('x-frame-options')?.trim()]).toEqual([wanted, 'DENY']);
  });

  it('forbids frames in the answer to an expectation that nobody serves', async () => {
    const answered = Promise.withResolvers<IncomingMessage>();
    request({ port, headers: { expect: 'a miracle' } }, answered.resolve)
      .on('error', answered.reject)
      .end();
    const { statusCode, headers } = await answered.promise;
    expect([statusCode, headers['x-frame-options']]).toEqual([417, 'DENY']);
  });

  it('takes events by every name that it has, and brings them to the fake', async () => {
    for (const Host of [
      `localhost:${port}`,
      `app.localhost:${port}`,
      `127.0.0.1:${port}`,
      '10.1.2.3',
      'platform',
    ])
      expect((await send('POST /v1/track', { Host, ...AUTHORIZED }, EVENT)).status).toBe(200);
    await eventually(
      () => 'the events arrive',
      async () => {
        const { body } = await send(`GET ${FAKE}/_control/people/u1`, { Host: 'dev.example' });
        return body.split('"secret":"trait"').length > 5;
      },
      10_000,
    );
  });

  it('serves the fake’s open endpoints to clients that are no pages', async () => {
    const headers = { Host: 'localhost', 'content-type': 'application/json' };
    const metric = JSON.stringify({ delivery_id: 'd1', metric: 'opened', timestamp: 1_700_000_000 });
    expect((await send(`POST ${FAKE}/track/api/v1/metrics`, headers, metric)).status).toBe(200);
  });
});
