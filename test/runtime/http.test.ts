import type { Server } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { decodablePath } from '../../app/runtime/http/decodable-path.ts';
import { closeServer, ListenError, listen } from '../../app/runtime/http/listen.ts';
import { operationsRouter } from '../../app/runtime/http/operations-router.ts';
import { Problem, problemHandler } from '../../app/runtime/http/problem.ts';
import { silentLogger } from '../../app/runtime/logger.ts';
import { createMetrics } from '../../app/runtime/metrics.ts';

const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => closeServer(server, 100)));
});

const serve = async (app: express.Express): Promise<string> => {
  const { server, port } = await listen(app, 0, '127.0.0.1');
  servers.push(server);
  return `http://127.0.0.1:${port}`;
};

describe('problemHandler', () => {
  it('answers problems as they are, and hides what it does not know', async () => {
    const app = express();
    app.get('/known', () => {
      throw new Problem(429, 'busy', 'slow down', { retryAfterSeconds: 1.2 });
    });
    app.get('/unknown', () => {
      throw new Error('the secret');
    });
    app.use(problemHandler(silentLogger));
    const url = await serve(app);
    const known = await fetch(`${url}/known`);
    expect([known.status, known.headers.get('retry-after')]).toEqual([429, '2']);
    expect(known.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await known.json()).toMatchObject({ status: 429, code: 'busy', message: 'slow down' });
    const unknown = await fetch(`${url}/unknown`);
    expect(unknown.status).toBe(500);
    expect(await unknown.text()).not.toContain('secret');
  });
});

describe('a path whose % cannot be read', () => {
  it.each(['/people/%zz', '/other/%zz'])('is 400 at %s, with a parameter there or not', async (path) => {
    const app = express();
    app.get('/people/:id', (_request, response) => void response.end());
    app.use(decodablePath, problemHandler(silentLogger));
    const response = await fetch(`${await serve(app)}${path}`);
    expect([response.status, await response.json()]).toEqual([
      400,
      expect.objectContaining({ code: 'invalid_path' }),
    ]);
  });
});

describe('operationsRouter', () => {
  it('tells health, readiness of each role, and metrics', async () => {
    let ready = false;
    const metrics = createMetrics();
    metrics.count('things_total', 'things', ['kind']).add({ kind: 'good' }, 3);
    metrics.gauge('level', 'a level', () => 7);
    metrics.duration('took_seconds', 'time', []).observe({}, 0.2);
    const url = await serve(
      express().use(operationsRouter({ readiness: () => ({ ready, roles: { a: {} } }), metrics })),
    );
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    ready = true;
    expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ ready: true, roles: { a: {} } });
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toContain('things_total{kind="good"} 3');
    expect(text).toContain('level 7');
    expect(text).toContain('took_seconds_count 1');
  });
});

describe('listen', () => {
  it('says that a port is in use', async () => {
    const url = await serve(express());
    const port = Number(new URL(url).port);
    await expect(listen(() => undefined, port, '127.0.0.1')).rejects.toThrow(ListenError);
    await expect(listen(() => undefined, port, '127.0.0.1')).rejects.toThrow(
      `port ${port} on 127.0.0.1 is in use`,
    );
  });

  it('says that an address is not of this machine', async () => {
    await expect(listen(() => undefined, 0, '192.0.2.1')).rejects.toThrow(
      'is not an address of this machine',
    );
  });
});
