import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createAppClient } from '../../app/customerio/app-client.ts';
import { AppApiError } from '../../app/customerio/app-error.ts';
import type { AppApi } from '../../app/customerio/app-port.ts';

interface Answer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly reset?: true;
}

const KEY = 'app-k3y';
const LIST: Answer = { status: 200, body: JSON.stringify({ reporting_webhooks: [] }) };
const FIELDS = {
  name: 'n',
  endpoint: 'https://a.example',
  events: ['email_sent'],
  disabled: false,
  full_resolution: false,
  with_content: false,
};

let server: Server;
let answers: Answer[];
let requests: { method: string; url: string; authorization: string; retry: unknown }[];
let waits: number[];
let at: number;
let api: AppApi;

beforeEach(async () => {
  answers = [];
  requests = [];
  waits = [];
  at = 0;
  server = createServer(({ method = '', url = '', headers, socket }, response) => {
    requests.push({
      method,
      url,
      authorization: headers.authorization ?? '',
      retry: headers['x-retry-count'],
    });
    const { status, body = '', headers: more, reset } = answers.shift() ?? LIST;
    if (reset) return socket.destroy();
    response.writeHead(status, { 'content-type': 'application/json', ...more }).end(body);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const { port } = server.address() as { port: number };
  api = createAppClient({
    apiKey: KEY,
    region: 'eu',
    url: `http://127.0.0.1:${port}/v1`,
    now: () => at,
    wait: async (ms) => {
      waits.push(ms);
      at += ms;
    },
  });
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const faultOf = async (run: Promise<unknown>): Promise<AppApiError> => {
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AppApiError);
  expect(String((error as Error).message)).not.toContain(KEY);
  return error as AppApiError;
};

describe('the App API client', () => {
  it('proves who asks and reads the list, without webhooks of another kind', async () => {
    const webhook = { id: 3, ...FIELDS };
    const list = [
      { ...webhook, type: 'webhook' },
      { id: 4, type: 'js' },
    ];
    answers.push({ status: 200, body: JSON.stringify({ reporting_webhooks: list }) });
    expect(await api.webhooks()).toEqual([webhook]);
    expect(requests).toMatchObject([
      { method: 'GET', url: '/v1/reporting_webhooks', authorization: `Bearer ${KEY}` },
    ]);
  });

  it('sends at most nine requests a second', async () => {
    for (let count = 0; count < 10; count += 1) await api.webhooks();
    expect(requests).toHaveLength(10);
    expect(at).toBeGreaterThan(1000);
  });

  it('waits with each for the one before, also where they are asked for together', async () => {
    await Promise.all(Array.from({ length: 10 }, () => api.webhooks()));
    expect(waits).toHaveLength(9);
    expect(at).toBeGreaterThan(1000);
  });

  it.each([
    [401, 'unauthorized', /CUSTOMERIO_APP_API_KEY/],
    [403, 'forbidden', /may not list the reporting webhooks/],
    [301, 'wrong_region', /CUSTOMERIO_REGION/],
    [404, 'not_found', /ends in \/v1/],
    [422, 'refused', /refuses to list the reporting webhooks: 422: because \(reference a1\)/],
  ] as const)(
    'says in plain words what to do about %i, and does not ask again',
    async (status, code, words) => {
      const headers = { location: 'http://127.0.0.1:1/v1/reporting_webhooks' };
      answers.push({
        status,
        headers,
        body: '{"errors":[{"detail":"because (reference a1)","status":"422"}]}',
      });
      const error = await faultOf(api.webhooks());
      expect([error.code, requests.length]).toEqual([code, 1]);
      expect(error.message).toMatch(words);
    },
  );

  it('waits for as long as Retry-After says, also before a change', async () => {
    answers.push({ status: 429, headers: { 'retry-after': '7' }, body: '{}' });
    answers.push({ status: 200, body: JSON.stringify({ id: 1, ...FIELDS }) });
    expect(await api.createWebhook(FIELDS)).toMatchObject({ id: 1 });
    expect(waits).toContain(7000);
    expect(requests.map(({ method }) => method)).toEqual(['POST', 'POST']);
  });

  it.each([{}, { 'retry-after': '3600' }])('does not wait for a quota of a day: %j', async (headers) => {
    answers.push({ status: 429, headers, body: '{}' });
    expect((await faultOf(api.webhooks())).code).toBe('rate_limited');
    expect(requests).toHaveLength(1);
  });

  it('reads again after a 5xx, also as a proxy’s page, and after a broken connection', async () => {
    answers.push({ status: 503, body: '<html>', headers: { 'content-type': 'text/html' } });
    answers.push({ status: 500, body: '' }, { status: 0, reset: true });
    expect(await api.webhooks()).toEqual([]);
    expect(requests).toHaveLength(4);
    // By us, not by the SDK.
    expect(requests.every(({ retry }) => retry === undefined)).toBe(true);
  });

  it('gives up after four attempts', async () => {
    answers.push(...Array.from({ length: 5 }, () => ({ status: 502, body: '<html>' })));
    const error = await faultOf(api.webhooks());
    expect([error.code, requests.length]).toEqual(['unavailable', 4]);
    expect(error.message).toContain('answers 502');
  });

  it('does not repeat a change that may have been made', async () => {
    answers.push({ status: 500, body: '{}' });
    expect((await faultOf(api.createWebhook(FIELDS))).code).toBe('unavailable');
    answers.push({ status: 0, reset: true });
    expect((await faultOf(api.updateWebhook(1, FIELDS))).code).toBe('unavailable');
    expect(requests.map(({ method }) => method)).toEqual(['POST', 'PUT']);
  });

  it.each(['<html>a captive portal</html>', '[]', '{"reporting_webhooks":[{"id":"x"}]}', '{}'])(
    'does not take %s with status 200 for an answer',
    async (body) => {
      answers.push({ status: 200, body });
      expect((await faultOf(api.webhooks())).code).toBe('unreadable');
    },
  );

  it('pages through messages', async () => {
    const message = { id: 'd1', type: 'email', metrics: { sent: 1 } };
    answers.push({ status: 200, body: JSON.stringify({ messages: [message], next: 'abc=' }) });
    answers.push({ status: 200, body: JSON.stringify({ messages: [], next: '' }) });
    const query = { limit: 50, start_ts: 1, end_ts: 2 };
    expect(await api.messages(query)).toEqual({ messages: [message], next: 'abc=' });
    expect(await api.messages({ ...query, start: 'abc=' })).toEqual({ messages: [], next: undefined });
    expect(requests[1]?.url).toBe('/v1/messages?start=abc%3D&limit=50&start_ts=1&end_ts=2');
  });

  it('lists deliveries whose metrics are null or missing as they are', async () => {
    const odd = [
      { id: 'd1', type: 'email', metrics: null },
      { id: 'd2', type: 'email' },
    ];
    answers.push({ status: 200, body: JSON.stringify({ messages: odd, next: '' }) });
    expect((await api.messages({ limit: 50, start_ts: 1, end_ts: 2 })).messages).toEqual(odd);
  });

  it('says that nothing can be reached', async () => {
    server.closeAllConnections();
    server.close();
    const error = await faultOf(api.webhooks());
    expect([error.code, error.message]).toEqual([
      'unavailable',
      'Customer.io cannot be reached (ECONNREFUSED): check the network and CUSTOMERIO_APP_URL',
    ]);
  });
});
