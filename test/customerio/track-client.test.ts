import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { ApiAnswer } from '../../app/customerio/port.ts';
import { createTrackClient, retryAfterMs } from '../../app/customerio/track-client.ts';
import { closeServer, listen } from '../../app/runtime/http/listen.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let close: () => Promise<void> = async () => undefined;
afterEach(() => close());

const ask = async (
  handler: Handler,
  call: 'batch' | 'entity' | 'anonymous' | 'metric' = 'batch',
): Promise<ApiAnswer> => {
  const { server, port } = await listen(handler, 0, '127.0.0.1');
  close = () => closeServer(server, 0);
  const url = `http://127.0.0.1:${port}/api/v1`;
  const api = createTrackClient({
    siteId: 's',
    apiKey: 'k',
    region: 'us',
    url,
    timeoutMs: 200,
    connections: 2,
  });
  if (call === 'entity') return api.entity({ type: 'person', action: 'delete', identifiers: { id: 'u1' } });
  if (call === 'anonymous') return api.trackAnonymous('a1', { name: 'x' });
  if (call === 'metric') return api.reportMetric({ delivery_id: 'd1', metric: 'opened' });
  return api.batch([{ type: 'person', action: 'delete', identifiers: { id: 'u1' } }]);
};

const answer =
  (status: number, body: string, headers: Record<string, string> = {}): Handler =>
  (request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(status, headers).end(body));
  };

describe('createTrackClient', () => {
  it.each([
    ['batch', '/api/v2/batch'],
    ['entity', '/api/v2/entity'],
    ['anonymous', '/api/v1/events'],
    ['metric', '/api/v1/metrics'],
  ] as const)('sends %s to %s with the credentials', async (call, path) => {
    const seen: unknown[] = [];
    const result = await ask((request, response) => {
      seen.push(request.url, request.headers.authorization);
      answer(200, '{}')(request, response);
    }, call);
    expect(result).toEqual({ status: 200, json: {} });
    expect(seen).toEqual([path, `Basic ${btoa('s:k')}`]);
  });

  it('gives the list of a 207', async () => {
    const errors = [{ batch_index: 0, reason: 'r', field: 'f', message: 'm' }];
    expect(await ask(answer(207, JSON.stringify({ errors })))).toEqual({ status: 207, json: { errors } });
  });

  it('gives the body of a 400', async () => {
    expect(await ask(answer(400, '{"errors":[]}'))).toEqual({ status: 400, json: { errors: [] } });
  });

  it.each([200, 404, 503])('knows the status of an HTML %d', async (status) => {
    expect(await ask(answer(status, '<html>', { 'content-type': 'text/html' }))).toEqual({ status });
  });

  it('asks once, and reads how long to wait', async () => {
    let asked = 0;
    const result = await ask((request, response) => {
      asked += 1;
      answer(429, '{}', { 'retry-after': '2' })(request, response);
    });
    expect([asked, result]).toEqual([1, { status: 429, json: {}, retryAfterMs: 2000 }]);
  });

  it.each([301, 307, 308])('does not follow a %d', async (status) => {
    let asked = 0;
    const result = await ask((request, response) => {
      asked += 1;
      answer(status, '', { location: '/elsewhere' })(request, response);
    });
    expect([asked, result.status]).toEqual([1, status]);
  });

  it('tells a reset and a time-out by their code', async () => {
    const reset = await ask((request) => request.socket.destroy());
    expect(reset.status).toBeUndefined();
    expect(reset.fault).toMatch(/^(UND_ERR_SOCKET|ECONNRESET|TypeError)$/);
    await close();
    const late = await ask(() => undefined);
    expect(late.status).toBeUndefined();
    expect(late.fault).toMatch(/Timeout|TIMEOUT|Abort/);
  });
});

describe('retryAfterMs', () => {
  const now = Date.UTC(2026, 0, 1);

  it.each([
    ['2', 2000],
    ['0', 0],
    ['-5', 0],
    ['Thu, 01 Jan 2026 00:00:05 GMT', 5000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('of %j is %j', (value, ms) => {
    expect(retryAfterMs(value, now)).toBe(ms);
  });
});
