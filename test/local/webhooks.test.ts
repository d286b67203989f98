import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Child, eventually, runFile, startFile } from '../support/child.ts';

const MAIN = 'app/local/main.ts';
const CLI = 'app/cli/main.ts';
const LIMIT_MS = 60_000;
const JSON_TYPE = { 'content-type': 'application/json' };

const control = async (url: string, path: string, body: object): Promise<Record<string, unknown>> => {
  const init = { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(body) };
  const response = await fetch(`${url}/fake-customerio/_control/${path}`, init);
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, unknown>;
};

const emit = (url: string, metric: string): Promise<Record<string, unknown>> =>
  control(url, 'webhooks', { object_type: 'email', metric, person: 'ada', data: { delivery_id: 'd1' } });

const query = async (url: string, sql: string): Promise<unknown> => {
  const { code, output } = await runFile(CLI, ['warehouse', 'query', '--url', url, '--json', sql], {});
  expect({ code, output }).toEqual({ code: 0, output: expect.any(String) });
  return (JSON.parse(output) as { rows: unknown }).rows;
};

const webhooksOf = async (url: string): Promise<{ rows: number; database: string }> => {
  const status = (await (await fetch(`${url}/status.json`)).json()) as { webhooks: never };
  return status.webhooks;
};

const arrived = (url: string, rows: number): Promise<void> =>
  eventually(
    () => `${rows} rows arrive`,
    async () => (await webhooksOf(url)).rows >= rows,
    10_000,
  );

const METRICS =
  'SELECT event_id, metric FROM `customerio_events.delivery_events_deduplicated` ORDER BY received_at';

describe('npm start and webhooks', () => {
  let folder: string;
  let running: Child | undefined;
  const start = async (env: Record<string, string> = {}): Promise<Child> => {
    running = await startFile(MAIN, { PORT: '0', LOG_LEVEL: 'warn', ...env }, folder);
    return running;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cio-webhooks-'));
  });
  afterEach(async () => {
    await running?.kill();
    running = undefined;
    rmSync(folder, { recursive: true });
  });

  it(
    'stores what the fake reports, shows each event once, and keeps it over a kill',
    async () => {
      const { url, kill } = await start();
      const sent = await emit(url, 'sent');
      const opened = await emit(url, 'opened');
      await arrived(url, 2);
      await control(url, 'webhooks/redeliver', { event_id: sent['event_id'] });
      await arrived(url, 3);
      expect(await webhooksOf(url)).toEqual({ stream: 'warehouse', rows: 3, database: 'not started' });
      const events = [
        { event_id: sent['event_id'], metric: 'sent' },
        { event_id: opened['event_id'], metric: 'opened' },
      ];
      expect(await query(url, METRICS)).toEqual(events);
      expect((await webhooksOf(url)).database).toBe('running');
      await kill();

      const again = await start();
      expect(await query(again.url, METRICS)).toEqual(events);
      expect(await again.stop()).toBe(0);
      expect(again.output().trim().split('\n')).toHaveLength(1);
    },
    LIMIT_MS,
  );

  it(
    'takes a webhook by any of its keys and signs the fake’s by the first',
    async () => {
      const { url } = await start({ WEBHOOK_SIGNING_KEY: 'new key\nold key' });
      await emit(url, 'delivered');
      await arrived(url, 1);
      const forged = await fetch(`${url}/webhooks/customerio`, {
        method: 'POST',
        headers: { 'x-cio-timestamp': '1760000000', 'x-cio-signature': '0'.repeat(64) },
        body: '{}',
      });
      expect(forged.status).toBe(401);
      expect((await webhooksOf(url)).rows).toBe(1);
    },
    LIMIT_MS,
  );

  it(
    'lists the webhooks role, and the App API of the fake knows its reporting webhook',
    async () => {
      const { url } = await start();
      expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({
        roles: { webhooks: { stream: 'warehouse', stuck: false } },
      });
      const headers = { authorization: 'Bearer local' };
      const listed = await fetch(`${url}/fake-customerio/app/v1/reporting_webhooks`, { headers });
      expect(await listed.json()).toMatchObject({
        reporting_webhooks: [{ endpoint: `${url}/webhooks/customerio`, disabled: false }],
      });
    },
    LIMIT_MS,
  );

  it(
    'puts webhooks into Pub/Sub instead where an emulator is given, and answers 503 while it cannot',
    async () => {
      const { url } = await start({ PUBSUB_EMULATOR_HOST: '127.0.0.1:1', LOG_LEVEL: 'silent' });
      await emit(url, 'sent');
      expect(await webhooksOf(url)).toEqual({ stream: 'pubsub' });
      const lastOf = async (): Promise<unknown> => {
        const state = await fetch(`${url}/fake-customerio/_control/webhooks`);
        return ((await state.json()) as { endpoints: { last: unknown }[] }).endpoints[0]?.last;
      };
      await eventually(
        () => 'the attempt fails',
        async () => (await lastOf()) === '503',
        10_000,
      );
      const answer = await fetch(`${url}/warehouse/query`, {
        method: 'POST',
        headers: JSON_TYPE,
        body: JSON.stringify({ sql: 'SELECT 1' }),
      });
      expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('Pub/Sub')]);
    },
    LIMIT_MS,
  );
});
