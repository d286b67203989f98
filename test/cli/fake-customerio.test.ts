import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningFake, startFakeCustomerIo } from '../../app/local/fake-customerio/fake-customerio.ts';
import { type Child, startScript } from '../support/child.ts';
import { type RawAnswer, rawRequest } from '../support/raw-request.ts';

const LIMIT_MS = 30_000;
const FAKE = '/fake-customerio';
const LINES = [
  `GET ${FAKE}/_control/people`,
  `POST ${FAKE}/_control/faults`,
  `POST ${FAKE}/track/api/v1/metrics`,
  `POST ${FAKE}/track/api/v1/push/events`,
  `POST ${FAKE}/track/unsubscribe/d1`,
  `GET ${FAKE}/app/v1/reporting_webhooks`,
  'GET /nothing',
];

describe('the command fake-customerio', () => {
  let running: Child;
  const send = (line: string, headers: Readonly<Record<string, string>>): Promise<RawAnswer> =>
    rawRequest(
      Number(new URL(running.url).port),
      line,
      { 'content-type': 'application/json', ...headers },
      '[]',
    );

  beforeAll(async () => {
    const env = { PORT: '0', LOG_LEVEL: 'silent', LOCAL_HOSTS: 'fake' };
    running = await startScript('cli', ['fake-customerio'], env);
  }, LIMIT_MS);
  afterAll(() => running.stop());

  it.each(LINES)('has no route for a name that was made to point here: %s', async (line) => {
    const { status, body } = await send(line, { Host: 'evil.example' });
    expect([status, JSON.parse(body).code]).toEqual([403, 'host_not_allowed']);
  });

  it.each(LINES.filter((line) => line.startsWith('POST')))(
    'has no route for a page of another site that changes anything: %s',
    async (line) => {
      const { status, body } = await send(line, { Host: 'localhost', Origin: 'http://localhost:3000' });
      expect([status, JSON.parse(body).code]).toEqual([403, 'foreign_page']);
    },
  );

  it.each(['localhost:1', '127.0.0.1', 'fake:8081'])('serves %s, in no frame', async (Host) => {
    const { status, headers } = await send(`POST ${FAKE}/_control/faults`, { Host });
    expect([status, headers.get('x-frame-options')?.trim()]).toEqual([200, 'DENY']);
  });
});

describe('the fake as a library', () => {
  let fake: RunningFake;
  beforeAll(async () => {
    fake = await startFakeCustomerIo();
  });
  afterAll(() => fake.close());

  it('leaves hosts and pages to its user', async () => {
    const port = Number(new URL(fake.url).port);
    const page = { Host: 'evil.example', Origin: 'https://evil.example', 'content-type': 'application/json' };
    expect((await rawRequest(port, `POST ${FAKE}/_control/faults`, page, '[]')).status).toBe(200);
  });
});
