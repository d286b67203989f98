import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import express from 'express';
import { guardBrowsers } from '../../app/runtime/http/guard-browsers.ts';
import { closeServer, listen } from '../../app/runtime/http/listen.ts';
import { problemHandler } from '../../app/runtime/http/problem.ts';
import { warehouseRouter } from '../../app/warehouse/warehouse-router.ts';
import { streamTo } from '../../app/webhooks/stream-to.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { event } from '../webhooks/read-rows.ts';
import { startWebhooks } from '../webhooks/webhook-server.ts';
import { type WarehouseWorld, warehouseWorld } from './warehouse-world.ts';

const LIMIT_MS = 60_000;
const ENDLESS = 'SELECT COUNT(*) FROM generate_series(1, 1000000000000) AS n';

describe('LocalWarehouse', () => {
  let world: WarehouseWorld;
  const count = async (): Promise<unknown> =>
    (await world.query('SELECT COUNT(*) AS n FROM `customerio_events.delivery_events`'))[0]?.['n'];

  beforeAll(async () => {
    world = await warehouseWorld();
    await world.stream.publish([{ table: 'delivery_events', row: { event_id: 'first' }, eventId: 'first' }]);
  });
  afterAll(() => world.close());

  it(
    'costs no database until it is asked',
    async () => {
      expect([world.warehouse.isRunning, world.warehouse.rows, world.started()]).toEqual([false, 1, 0]);
      expect(await count()).toBe(1);
      expect([world.warehouse.isRunning, world.started()]).toEqual([true, 1]);
    },
    LIMIT_MS,
  );

  it('has a row at the first query after its publish', async () => {
    for (const n of [2, 3, 4]) {
      await world.stream.publish([{ table: 'delivery_events', row: { event_id: `e${n}` } }]);
      expect(await count()).toBe(n);
    }
  });

  it('drops fields that the table has not, and fills what Pub/Sub would', async () => {
    const row = { event_id: 'known', unknown: { a: 1 }, tags: ['a', 'b'], to: '+1' };
    await world.stream.publish([{ table: 'delivery_events', row, eventId: 'known' }]);
    const [found] = await world.query(
      "SELECT * FROM customerio_events.delivery_events WHERE event_id = 'known'",
    );
    expect(found).toMatchObject({
      ...{ tags: ['a', 'b'], to: '+1', message_id: expect.stringMatching(/^\d+$/) },
      subscription_name: 'projects/local/subscriptions/customerio-events-delivery_events',
      attributes: '{"table":"delivery_events","event_id":"known"}',
      publish_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
    expect(found).not.toHaveProperty('unknown');
  });

  it('leaves out a row that BigQuery would refuse, and no other', async () => {
    const before = Number(await count());
    const rows = [
      { event_id: 'good 1' },
      { event_id: null },
      { event_id: 'bad', campaign_id: 'x' },
      { event_id: 'good 2' },
    ];
    await world.stream.publish(rows.map((row) => ({ table: 'delivery_events', row })));
    await world.journal.append(['no row']);
    expect(await count()).toBe(before + 2);
    expect(world.refused).toEqual([
      'a line of the journal is no row',
      expect.stringContaining('null value in column "event_id"'),
      expect.stringContaining('invalid input syntax for type bigint'),
    ]);
  });

  it(
    'takes large webhooks up, also those that are kept by their length and SHA-256',
    async () => {
      const server = await startWebhooks();
      server.webhooks.on('*', streamTo(world.stream));
      try {
        for (const [id, content] of [
          ['large 1', 'x'.repeat(7_900_000)],
          ['large 2', '"'.repeat(3_900_000)],
          ['large 3', 'x'.repeat(9_000_000)],
        ])
          expect((await server.post(event({ event_id: id, data: { content } }))).status).toBe(200);
      } finally {
        await server.close();
      }
      const rows = await world.query(
        "SELECT event_id, LENGTH(content) AS n, raw FROM delivery_events WHERE event_id IN ('large 1', 'large 2') ORDER BY event_id",
      );
      const raw = expect.stringMatching(/^\{"omitted":\{"bytes":7\d{6},"sha256":"[0-9a-f]{64}"\}\}$/);
      expect(rows).toEqual([
        { event_id: 'large 1', n: 7_900_000, raw },
        { event_id: 'large 2', n: 3_900_000, raw },
      ]);
      const kept = await world.query("SELECT body_bytes FROM quarantine WHERE reason = 'too_large'");
      expect(kept).toEqual([{ body_bytes: expect.any(Number) }]);
      expect(world.refused.filter((why) => why.includes('large'))).toEqual([]);
    },
    LIMIT_MS,
  );

  it('has the quarantine too', async () => {
    await world.stream.publish([{ table: 'quarantine', row: { reason: 'empty', body_base64: '' } }]);
    expect(
      await world.query("SELECT reason, event_id FROM `customerio_events.quarantine` WHERE reason = 'empty'"),
    ).toEqual([{ reason: 'empty', event_id: null }]);
  });

  it.each([
    'DELETE FROM delivery_events',
    'DROP VIEW message_funnel',
    'SELECT 1; DELETE FROM delivery_events',
    'SELECT 1; COMMIT; DELETE FROM delivery_events',
    'WITH gone AS (DELETE FROM delivery_events RETURNING 1) SELECT * FROM gone',
    "SELECT set_config('transaction_read_only', 'off', false)",
    'SELECT * INTO copy FROM delivery_events',
    "SELECT nextval('none')",
    'EXPLAIN ANALYZE DELETE FROM delivery_events',
    "COPY delivery_events FROM PROGRAM 'ls'",
    'SET search_path = public',
    '',
  ])('changes nothing by %s', async (sql) => {
    const before = await count();
    await expect(world.query(sql)).rejects.toMatchObject({ name: 'PostgresError', code: 'refused' });
    expect(await count()).toBe(before);
  });

  it('says what PostgreSQL says', async () => {
    await expect(world.query('SELECT nope FROM delivery_events')).rejects.toThrow(
      'column "nope" does not exist',
    );
  });

  it('gives no more rows than it should, and says that there are more', async () => {
    const few = await world.warehouse.query('SELECT * FROM generate_series(1, 3) AS n', { rows: 3 });
    expect(few).toEqual({ columns: ['n'], rows: [[1], [2], [3]], truncated: false });
    const many = await world.warehouse.query('SELECT * FROM generate_series(1, 4) AS n', { rows: 3 });
    expect(many).toEqual({ columns: ['n'], rows: [[1], [2], [3]], truncated: true });
  });

  it('gives values as JSON has them', async () => {
    const [row] = await world.query(
      `SELECT CAST(5 AS INT64) AS whole, 9007199254740993 AS large, 0.5 AS half, DATE '2026-01-31' AS day,
        TIMESTAMP("2026-01-31 12:00:00+00") AS at, TRUE AS yes, NULL AS nothing, SAFE_DIVIDE(1, 0) AS divided`,
    );
    expect(row).toEqual({
      ...{
        whole: 5,
        large: '9007199254740993',
        half: 0.5,
        day: '2026-01-31',
        at: '2026-01-31T12:00:00.000Z',
      },
      ...{ yes: true, nothing: null, divided: null },
    });
  });

  it(
    'stops a query that takes too long, and has every row at the next',
    async () => {
      const before = await count();
      await expect(world.warehouse.query(ENDLESS, { withinMs: 300 })).rejects.toMatchObject({ code: 'late' });
      expect(world.warehouse.isRunning).toBe(false);
      expect(await count()).toBe(before);
      expect(world.started()).toBe(2);
    },
    LIMIT_MS,
  );

  it(
    'gives the memory back after a while, and starts again when asked',
    async () => {
      const idle = await warehouseWorld(200);
      await idle.query('SELECT 1');
      expect(idle.warehouse.isRunning).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 600));
      expect(idle.warehouse.isRunning).toBe(false);
      expect(await idle.query('SELECT 1 AS n')).toEqual([{ n: 1 }]);
      await idle.close();
      await expect(idle.query('SELECT 1')).rejects.toMatchObject({ code: 'gone' });
    },
    LIMIT_MS,
  );

  describe('over HTTP', () => {
    let port: number;
    let close: () => Promise<void>;
    const post = (
      body: string,
      headers: Record<string, string> = {},
    ): Promise<{ status: number; text: string }> => {
      const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
      const options = { port, path: '/warehouse/query', method: 'POST' };
      const sent = request(
        { ...options, headers: { 'content-type': 'application/json', ...headers } },
        (response) => {
          let text = '';
          response.on('data', (chunk) => (text += String(chunk)));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
        },
      );
      sent.on('error', reject).end(body);
      return promise;
    };
    const SELECT = JSON.stringify({ sql: 'SELECT 1 AS n' });

    beforeAll(async () => {
      const app = express().use(warehouseRouter(world.warehouse), problemHandler(new RecordingLogger()));
      const { server, port: taken } = await listen(guardBrowsers(app, []), 0, '127.0.0.1');
      port = taken;
      close = () => closeServer(server, 200);
    });
    afterAll(() => close());

    it('answers this machine and pages of its own origin', async () => {
      const answer = { status: 200, text: '{"columns":["n"],"rows":[[1]],"truncated":false}' };
      expect(await post(SELECT)).toEqual(answer);
      expect(await post(SELECT, { host: `localhost:${port}`, origin: `http://localhost:${port}` })).toEqual(
        answer,
      );
    });

    it.each([
      ['a page of another origin', { origin: 'https://evil.example' }, 'foreign_page'],
      ['a page of another port', { origin: 'http://localhost:1' }, 'foreign_page'],
      ['a page without an origin', { origin: 'null' }, 'foreign_page'],
      ['a name that was made to point here', { host: 'evil.example' }, 'host_not_allowed'],
    ])('refuses %s', async (_who, headers, code) => {
      const { status, text } = await post(SELECT, headers);
      expect([status, JSON.parse(text).code]).toEqual([403, code]);
    });

    it.each([
      ['no JSON', '{', {}],
      ['a form', SELECT, { 'content-type': 'text/plain' }],
      ['no query', '{"sql":" "}', {}],
      ['a query that writes', JSON.stringify({ sql: 'DELETE FROM delivery_events' }), {}],
    ])('answers 400 to %s', async (_what, body, headers) => {
      expect((await post(body, headers)).status).toBe(400);
    });
  });
});
