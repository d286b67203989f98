import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LIMITS } from '../../app/contract/limits.ts';
import { bundleRole } from '../../constructs/bundle/bundle-role.ts';
import { type Child, eventually, freePort, startFile } from '../support/child.ts';
import { RealPubSub, whyNoRealPubSub } from '../support/real-pubsub.ts';
import { rowFaults } from '../support/row-faults.ts';
import { SAMPLES } from '../webhooks/documented.ts';
import { signed } from '../webhooks/webhook-server.ts';

const LIMIT_MS = 60_000;
const TOPIC = 'customerio-events';
const ROLE = 'app/roles/webhooks.main.ts';
const ROOT = path.resolve(import.meta.dirname, '../..');
/** Customer.io waits four seconds. */
const CUSTOMERIO_WAITS_MS = 4_000;
const reason = whyNoRealPubSub();

const eventOf = (id: string): string =>
  JSON.stringify({
    event_id: id,
    object_type: 'email',
    metric: 'delivered',
    timestamp: Math.floor(Date.now() / 1000),
    data: { identifiers: { id: 'u1' }, delivery_id: 'd1', recipient: 'a@example.com' },
  });

/** An event of so many megabytes, plain or full of what JSON escapes. */
const largeEvent = (id: string, mb: number, piece: string): string => {
  const escaped = Buffer.byteLength(JSON.stringify(piece)) - 2;
  const content = piece.repeat(Math.floor((mb * 1_000_000 - 1_000) / escaped));
  return eventOf(id).replace('"delivery_id"', () => `"content":${JSON.stringify(content)},"delivery_id"`);
};

const post = async (url: string, body: string, key = 'k1') => {
  const start = performance.now();
  const timestamp = String(Math.floor(Date.now() / 1000));
  const headers = signed(body, key, timestamp);
  const response = await fetch(`${url}/webhooks/customerio`, { method: 'POST', headers, body });
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    ms: performance.now() - start,
  };
};

(reason === undefined ? describe : describe.skip)(
  `the deployed webhooks role on Pub/Sub${reason === undefined ? '' : `: ${reason}`}`,
  () => {
    let server: RealPubSub;
    let directory: string;
    let child: Child;

    beforeAll(async () => {
      server = await RealPubSub.start();
    }, LIMIT_MS);
    beforeEach(async () => {
      await server.restart();
      await server.make(TOPIC, 'all');
      directory = mkdtempSync(path.join(tmpdir(), 'webhooks-'));
    });
    afterEach(async () => {
      await child?.kill();
      rmSync(directory, { recursive: true });
    });
    afterAll(() => server?.kill());

    const keyFile = (text: string): string => {
      const file = path.join(directory, 'key');
      writeFileSync(file, text);
      return file;
    };
    const start = async (key = 'k1', file = ROLE): Promise<void> => {
      child = await startFile(file, {
        HOST: '127.0.0.1',
        PORT: String(await freePort()),
        METRICS_PORT: String(await freePort()),
        PUBSUB_PROJECT: server.project,
        PUBSUB_EMULATOR_HOST: server.address,
        WEBHOOK_SIGNING_KEY_FILE: keyFile(key),
      });
    };
    const statusOf = async (probe: string): Promise<number> => (await fetch(`${child.url}/${probe}`)).status;

    it('answers 200 only for what is stored: its documented events are, as rows that BigQuery takes', async () => {
      await start();
      const now = Math.floor(Date.now() / 1000);
      const bodies = SAMPLES.map(({ text }) => text.replace(/"timestamp":\d+/, `"timestamp":${now}`));
      const answers = await Promise.all(bodies.map((body) => post(child.url, body)));
      expect(answers.map(({ status }) => status)).toEqual(SAMPLES.map(() => 200));
      const taken = await server.take('all');
      expect(taken.length).toBeGreaterThanOrEqual(SAMPLES.length);
      expect(new Set(taken.map(({ attributes }) => attributes['table']))).toEqual(
        new Set(['delivery_events']),
      );
      const rows = taken.map(({ data }) => JSON.parse(data.toString()));
      expect(rows.flatMap((row) => rowFaults('delivery_events', row))).toEqual([]);
      expect((await post(child.url, '{"no":"event"}')).status).toBe(200);
      const [kept] = await server.take('all');
      expect(kept?.attributes['table']).toBe('quarantine');
      expect(rowFaults('quarantine', JSON.parse(kept?.data.toString() ?? ''))).toEqual([]);
      expect((await post(child.url, eventOf('forged'), 'k2')).status).toBe(401);
      expect(await server.take('all')).toEqual([]);
    });

    it(
      'answers the first request in time, although the client is loaded meanwhile',
      async () => {
        await start();
        const first = await post(child.url, eventOf('first'));
        expect(first.status).toBe(200);
        expect(first.ms).toBeLessThan(CUSTOMERIO_WAITS_MS);
        await eventually(child.output, async () => (await statusOf('startupz')) === 200, 5_000);
        expect(await child.stop()).toBe(0);
      },
      LIMIT_MS,
    );

    it(
      'stores as the one file that is deployed, without any package beside it',
      async () => {
        await start('k1', path.relative(ROOT, bundleRole('webhooks').files[0]?.path ?? ''));
        expect((await post(child.url, eventOf('bundled'))).status).toBe(200);
        expect((await server.take('all')).map(({ attributes }) => attributes['event_id'])).toEqual([
          'bundled',
        ]);
        expect(await child.stop()).toBe(0);
      },
      LIMIT_MS,
    );

    it(
      'stores events of every size up to 9 MB, plain and escaped, in messages that the server takes',
      async () => {
        await start();
        for (const piece of ['x', '"', '\u0001', 'é漢🙂'])
          for (const mb of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
            const body = largeEvent(`e${mb}`, mb, piece);
            expect([piece, mb, (await post(child.url, body)).status]).toEqual([piece, mb, 200]);
            const [kept, ...others] = await server.take('all');
            expect(others).toEqual([]);
            const table = mb > 8 ? 'quarantine' : 'delivery_events';
            expect(kept?.attributes['table']).toBe(table);
            expect(kept?.data.length).toBeLessThanOrEqual(LIMITS.rowBytes);
            expect(rowFaults(table, JSON.parse(String(kept?.data)))).toEqual([]);
          }
      },
      LIMIT_MS * 3,
    );

    it(
      'answers 503 with Retry-After while the server is down, and stores again once it is back',
      async () => {
        await start();
        const acknowledged = ['before'];
        expect((await post(child.url, eventOf('before'))).status).toBe(200);
        await server.kill();
        const down = await post(child.url, eventOf('down'));
        expect(down).toMatchObject({ status: 503, retryAfter: '5' });
        expect(down.ms).toBeLessThan(CUSTOMERIO_WAITS_MS);
        await server.restart();
        await server.make(TOPIC, 'all');
        acknowledged.length = 0;
        await eventually(
          child.output,
          async () => {
            const id = `again-${performance.now()}`;
            const { status } = await post(child.url, eventOf(id));
            if (status === 200) acknowledged.push(id);
            return status === 200;
          },
          20_000,
        );
        const stored = (await server.take('all')).map(({ attributes }) => attributes['event_id']);
        expect(stored).toEqual(expect.arrayContaining(acknowledged));
      },
      LIMIT_MS,
    );

    it(
      'holds while its key is unset, and takes the first value over without a restart',
      async () => {
        await start('unset');
        expect(await post(child.url, eventOf('e1'))).toMatchObject({ status: 503, retryAfter: '30' });
        expect(await (await fetch(`${child.url}/readyz`)).text()).toContain('signing_key_unset');
        keyFile('k1');
        // An unset secret is read every half a minute.
        await eventually(child.output, async () => (await statusOf('readyz')) === 200, 40_000);
        expect((await post(child.url, eventOf('e1'))).status).toBe(200);
        expect(await server.take('all')).toHaveLength(1);
      },
      LIMIT_MS,
    );

    it('ends with one line and code 1 where a setting is missing', async () => {
      await expect(startFile(ROLE, { WEBHOOK_SIGNING_KEY: 'k1' })).rejects.toThrow(
        /exited with 1:\nbad settings: PUBSUB_PROJECT must be set[^\n]*\n$/,
      );
    });
  },
);
