import type { Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { guardBrowsers } from '../../app/runtime/http/guard-browsers.ts';
import { closeServer, listen } from '../../app/runtime/http/listen.ts';
import { type RawAnswer, rawRequest } from '../support/raw-request.ts';

describe('guardBrowsers', () => {
  let server: Server;
  let port: number;
  const get = (headers: Readonly<Record<string, string>>, method = 'GET'): Promise<RawAnswer> =>
    rawRequest(port, `${method} /`, headers);

  beforeAll(async () => {
    const answering = guardBrowsers((_request, response) => response.end('served'), ['dev.example']);
    ({ server, port } = await listen(answering, 0, '127.0.0.1'));
  });
  afterAll(() => closeServer(server, 0));

  it.each([
    ...['localhost', 'localhost:8080', 'LocalHost:8080', 'localhost.', 'localhost.:1', 'localhost:'],
    ...['app.localhost', 'a.b.LOCALHOST.:80', '127.0.0.1', '127.0.0.1:8080', '192.168.1.5:8080', '127.1'],
    ...['[::1]', '[::1]:8080', '[FE80::1]:80', '[::ffff:127.0.0.1]', 'dev.example', 'DEV.example.:8080'],
  ])('serves the host %s', async (Host) => {
    expect(await get({ Host })).toMatchObject({ status: 200, body: 'served' });
  });

  it.each([
    ...['evil.example', 'evil.example:8080', 'localhost.evil.example', 'notlocalhost', 'xlocalhost:80'],
    ...['127.0.0.1.evil.example', '127.0.0.1.nip.io', 'sub.dev.example', 'dev.example.evil.example'],
    ...[
      'evil.example@localhost',
      'localhost@evil.example',
      'user:pass@localhost:8080',
      'evil.example#localhost',
    ],
    ...[
      'evil.example/localhost',
      'evil.example\\localhost',
      'evil.example?.localhost',
      'localhost evil.example',
    ],
    ...[
      'localhost,evil.example',
      'localhost..',
      '[::1',
      '[::1].evil.example',
      '[evil.example]',
      '::1',
      '*',
      '',
    ],
    ...['http://localhost', 'localhost:80:80', 'localhost:evil', 'localhost%2eevil.example', '..localhost..'],
  ])('refuses the host %j, names the setting and nothing of the host', async (Host) => {
    const { status, headers, body } = await get({ Host });
    expect([status, headers.get('content-type')]).toEqual([403, 'application/problem+json; charset=utf-8']);
    expect(JSON.parse(body)).toMatchObject({
      code: 'host_not_allowed',
      message: expect.stringContaining('LOCAL_HOSTS'),
    });
    expect(body).not.toContain('evil');
  });

  it('refuses whoever names no host at all', async () => {
    expect((await get({})).status).toBe(403);
  });

  const FOREIGN = [
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
    { Origin: '' },
    { Origin: 'http://localhost:3000' },
    { Origin: 'http://localhost' },
    { Origin: 'http://localhost.evil.example:8080' },
    { Origin: 'http://localhost:8080, https://evil.example' },
    { Origin: 'http://127.0.0.1:8080' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
    { Origin: 'http://localhost:8080', 'Sec-Fetch-Site': 'cross-site' },
  ];
  const OWN = [
    {},
    { Origin: 'http://localhost:8080' },
    { Origin: 'https://LOCALHOST:8080' },
    { Origin: 'http://localhost:8080', 'Sec-Fetch-Site': 'same-origin' },
    { 'Sec-Fetch-Site': 'none' },
  ];
  const METHODS = ['POST', 'PUT', 'PATCH', 'DELETE'];

  it.each(FOREIGN)('lets a page of another site change nothing: %j', async (page) => {
    for (const method of METHODS) {
      const { status, body } = await get({ Host: 'localhost:8080', ...page }, method);
      expect([method, status, JSON.parse(body).code]).toEqual([method, 403, 'foreign_page']);
    }
    expect((await get({ Host: 'localhost:8080', ...page })).status).toBe(200);
  });

  it.each(OWN)('takes changes of programs and of its own page: %j', async (page) => {
    for (const method of METHODS)
      expect((await get({ Host: 'localhost:8080', ...page }, method)).status).toBe(200);
  });

  it('compares origins as proxies that take TLS off leave them', async () => {
    const behind = { Host: 'dev.example', Origin: 'https://dev.example', 'Sec-Fetch-Site': 'same-origin' };
    expect((await get(behind, 'POST')).status).toBe(200);
  });

  it.each([
    ['localhost', 200],
    ['evil.example', 403],
  ])('forbids frames and guessing of types in the answer to %s', async (Host, status) => {
    const answer = await get({ Host });
    const headers = Object.fromEntries(answer.headers);
    expect([answer.status, headers]).toMatchObject([
      status,
      {
        'x-frame-options': 'DENY',
        'content-security-policy': "frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
      },
    ]);
  });
});
