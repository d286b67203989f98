import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Child, eventually, freePort, runFile, startFile } from '../support/child.ts';

const MAIN = 'app/local/main.ts';
const LIMIT_MS = 30_000;

const track = (url: string, n: number, key = 'local'): Promise<Response> =>
  fetch(`${url}/v1/track`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${key}:`)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ userId: 'u1', event: 'Counted', messageId: `m${n}`, properties: { n } }),
  });

const control = (url: string, path: string, init?: RequestInit): Promise<Response> =>
  fetch(`${url}/fake-customerio/_control/${path}`, init);

const applied = async (url: string): Promise<readonly number[]> => {
  const response = await control(url, 'people/u1');
  if (response.status === 404) return [];
  const { events } = (await response.json()) as { events: { attributes: { n: number } }[] };
  return events.map((event) => event.attributes.n);
};

describe('npm start', () => {
  let folder: string;
  let running: Child | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cio-start-'));
  });
  afterEach(async () => {
    await running?.kill();
    running = undefined;
    rmSync(folder, { recursive: true });
  });

  it(
    'takes write keys of any length, and tells of a source whose key is the placeholder',
    async () => {
      const keys = { INGEST_WRITE_KEYS: 'kiosk=unset\nlocal=local' };
      running = await startFile(MAIN, { PORT: '0', LOG_LEVEL: 'warn', ...keys }, folder);
      expect((await track(running.url, 1)).status).toBe(200);
      expect((await track(running.url, 1, 'unset')).status).toBe(401);
      const told = running.output().match(/.*secret\.weak.*/g) ?? [];
      expect(told.map((line) => (JSON.parse(line) as { source: string }).source)).toEqual(['kiosk']);
    },
    LIMIT_MS,
  );

  it(
    'carries an event to the fake on one origin and says it is ready',
    async () => {
      running = await startFile(MAIN, { PORT: '0', LOG_LEVEL: 'silent' }, folder);
      const { url } = running;
      expect((await track(url, 1)).status).toBe(200);
      await eventually(
        () => 'the event arrives',
        async () => (await applied(url)).includes(1),
        10_000,
      );
      for (const path of ['/', '/healthz', '/readyz', '/metrics', '/v1/openapi.json', '/status.json']) {
        expect([path, (await fetch(`${url}${path}`)).status]).toEqual([path, 200]);
      }
      expect((await fetch(`${url}/webhooks/customerio`)).status).toBe(405);
      expect((await fetch(`${url}/webhooks`)).status).toBe(404);
      for (const path of ['/%zz', '/v1/%zz', '/trace/%zz', '/warehouse/%zz']) {
        const response = await fetch(`${url}${path}`);
        expect([path, response.status, await response.json()]).toMatchObject([
          path,
          400,
          { code: 'invalid_path' },
        ]);
      }
      expect(await running.stop()).toBe(0);
    },
    LIMIT_MS,
  );

  it(
    'loses nothing it acknowledged over a graceful stop, and repeats nothing',
    async () => {
      running = await startFile(MAIN, { PORT: '0', LOG_LEVEL: 'silent' }, folder);
      const faults = JSON.stringify([{ status: 503 }]);
      const headers = { 'content-type': 'application/json' };
      await control(running.url, 'faults', { method: 'POST', headers, body: faults });
      const ns = Array.from({ length: 50 }, (_none, n) => n);
      for (const n of ns) expect((await track(running.url, n)).status).toBe(200);
      expect(await running.stop()).toBe(0);

      running = await startFile(MAIN, { PORT: '0', LOG_LEVEL: 'silent' }, folder);
      const { url } = running;
      await eventually(
        () => 'all arrive',
        async () => (await applied(url)).length >= ns.length,
        10_000,
      );
      expect(await applied(url)).toEqual(ns);
      expect(await running.stop()).toBe(0);

      running = await startFile(MAIN, { PORT: '0', LOG_LEVEL: 'silent' }, folder);
      const again = running.url;
      expect((await track(again, 99)).status).toBe(200);
      await eventually(
        () => 'a new event arrives',
        async () => (await applied(again)).length > 0,
        10_000,
      );
      expect(await applied(again)).toEqual([99]);
    },
    LIMIT_MS * 2,
  );

  it(
    'says in one line that its port is busy',
    async () => {
      const port = await freePort();
      const other = createServer().listen(port, '127.0.0.1');
      const { code, output } = await runFile(MAIN, [], { PORT: String(port) }, folder);
      other.close();
      expect(code).toBe(1);
      expect(output.trim().split('\n')).toEqual([
        `port ${port} on 127.0.0.1 is in use: stop what listens there, or set PORT to another one`,
      ]);
    },
    LIMIT_MS,
  );

  it(
    'names every bad setting in one line, never its value',
    async () => {
      const { code, output } = await runFile(MAIN, [], { PORT: 'secret-port', CUSTOMERIO_REGION: 'mars' });
      expect(code).toBe(1);
      expect(output.trim().split('\n')).toHaveLength(1);
      expect(output).toContain('PORT must be a whole number from 0 to 65535');
      expect(output).toContain('CUSTOMERIO_REGION must be one of us, eu');
      expect(output).not.toMatch(/secret-port|mars/);
    },
    LIMIT_MS,
  );
});
