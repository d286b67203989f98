import { mkdtempSync, rmSync } from 'node:fs';
import { request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import type { Database, Rows } from '../../app/postgres/port.ts';
import { closeServer, listen } from '../../app/runtime/http/listen.ts';
import { problemHandler } from '../../app/runtime/http/problem.ts';
import { LocalWarehouse } from '../../app/warehouse/local-warehouse.ts';
import { RowJournal } from '../../app/warehouse/row-journal.ts';
import { toPostgres } from '../../app/warehouse/to-postgres.ts';
import { warehouseRouter } from '../../app/warehouse/warehouse-router.ts';
import { eventually } from '../support/child.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { type WarehouseWorld, warehouseWorld } from './warehouse-world.ts';

const LIMIT_MS = 60_000;
const MEGABYTE = 1_000_000;
const SQL_BYTES = 16_000;

describe('an answer of the local warehouse', () => {
  let world: WarehouseWorld;
  beforeAll(async () => {
    world = await warehouseWorld();
    await world.query('SELECT 1');
  }, LIMIT_MS);
  afterAll(() => world.close());

  it(
    'has 8 MB at most, says that there is more, and holds up nothing else',
    async () => {
      const before = process.memoryUsage.rss();
      const delay = monitorEventLoopDelay({ resolution: 5 });
      delay.enable();
      const sql = `SELECT REPEAT('x', ${MEGABYTE}) FROM generate_series(1, 1000)`;
      const { rows, truncated } = await world.warehouse.query(sql);
      delay.disable();
      expect([rows.length, truncated]).toEqual([7, true]);
      expect(delay.max / 1e6).toBeLessThan(500);
      expect((process.memoryUsage.rss() - before) / MEGABYTE).toBeLessThan(500);
    },
    LIMIT_MS,
  );

  it('is limited as JSON, where control characters are six bytes each', async () => {
    const { rows, truncated } = await world.warehouse.query(
      `SELECT REPEAT(CHR(1), ${MEGABYTE / 10}) FROM generate_series(1, 1000)`,
    );
    expect([rows.length, truncated]).toEqual([13, true]);
    expect(JSON.stringify(rows).length).toBeLessThanOrEqual(8 * MEGABYTE);
  });

  it.each([
    ['SELECT 1 AS a, 2 AS a', '"a"'],
    ['SELECT 1 AS `a`, 2 AS `A`', '"A"'],
    ['SELECT 1, 2', '"?column?"'],
    ['SELECT * FROM (SELECT 1 AS n) AS x CROSS JOIN (SELECT 2 AS n) AS y', '"n"'],
    ['SELECT metric, metric FROM `customerio_events.delivery_events` WHERE FALSE', '"metric"'],
  ])('has no two columns of one name: %s', async (sql, name) => {
    await expect(world.warehouse.query(sql)).rejects.toMatchObject({
      code: 'refused',
      message: `two columns of the answer are named ${name}: give each a name of its own with AS`,
    });
    // The query after it is answered.
    expect((await world.warehouse.query('SELECT 1 AS a, 2 AS b')).columns).toEqual(['a', 'b']);
  });

  it('gives the small rows before a large one', async () => {
    const sql = "SELECT n, REPEAT('x', n * n * n) FROM generate_series(1, 1000) AS n";
    const { rows, truncated } = await world.warehouse.query(sql, { bytes: 10_000 });
    expect([rows.map(([n]) => n), truncated]).toEqual([Array.from({ length: 13 }, (_, n) => n + 1), true]);
  });

  it('that one row alone fills is refused, and says what to do', async () => {
    await expect(world.query(`SELECT REPEAT('x', ${9 * MEGABYTE})`)).rejects.toMatchObject({
      code: 'refused',
      message: 'one row is larger than 8 MB, the most of an answer: select less of it',
    });
    expect(await world.query('SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  it('tells a fault that comes after the first rows', async () => {
    await expect(world.query('SELECT 1 / (n - 500) FROM generate_series(1, 900) AS n')).rejects.toThrow(
      'division by zero',
    );
  });

  it.each([19, 20, 21, 40, 999, 1000])('is whole where it has %i rows', async (count) => {
    const { rows, truncated } = await world.warehouse.query(
      `SELECT n FROM generate_series(1, ${count}) AS n`,
    );
    expect([rows.length, rows.at(-1), truncated]).toEqual([count, [count], false]);
  });

  it('has large integers as text, in arrays too', async () => {
    expect(await world.query('SELECT ARRAY[9007199254740993, 1] AS a')).toEqual([
      { a: ['9007199254740993', 1] },
    ]);
  });
});

describe('a query of the local warehouse', () => {
  let world: WarehouseWorld;
  beforeAll(async () => {
    world = await warehouseWorld();
  });
  afterAll(() => world.close());

  it.each([
    ['QUALIFY a ', 80_000],
    ['é', 8_001],
    ['x', SQL_BYTES + 1],
  ])('of more than 16 kB is refused at once: %j, %i times', async (text, times) => {
    const start = performance.now();
    await expect(world.query(`SELECT 1 --${text.repeat(times)}`)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/^a query has at most 16000 bytes, this one has \d+: ask in several$/),
    });
    expect(performance.now() - start).toBeLessThan(100);
    expect(world.started()).toBe(0);
  });

  it(
    'of 16 kB is taken',
    async () => {
      const sql = 'SELECT 1 AS n -- ';
      expect(await world.query(sql.padEnd(SQL_BYTES, 'x'))).toEqual([{ n: 1 }]);
    },
    LIMIT_MS,
  );

  it.each([
    ['QUALIFY a ', 'SELECT a FROM t '],
    ['QUALIFY OVER ', '"'],
    ['(SELECT a FROM t QUALIFY RANK() OVER () = 1) ', ','],
    ['SELECT a FROM t QUALIFY RANK() OVER () = 1 UNION ALL ', ''],
    ['/*a', ''],
    ['\\"', '"'],
    ["\\'", "'"],
    ['"\\\n', ''],
    ['APPROX_QUANTILES( ', ''],
    ['INTERVAL 1 ', ''],
    [', ', ','],
  ])('of 16 kB is translated in no time: %j', (text, begin) => {
    const sql = `${begin}${text.repeat(SQL_BYTES)}`.slice(0, SQL_BYTES);
    const took = [1, 2, 3].map(() => {
      const start = performance.now();
      toPostgres(sql);
      return performance.now() - start;
    });
    expect(Math.min(...took)).toBeLessThan(100);
  });
});

/** A database whose queries end when they are told to. */
class SlowDatabase implements Database {
  readonly ended = false;
  readonly ran: string[] = [];
  readonly #ends: (() => void)[] = [];

  run(): Promise<void> {
    return Promise.resolve();
  }

  async select(sql: string): Promise<Rows> {
    this.ran.push(sql);
    await new Promise<void>((resolve) => this.#ends.push(resolve));
    return { columns: ['n'], rows: [[1]], truncated: false };
  }

  endOne(): void {
    this.#ends.shift()?.();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

describe('a query that waits for its turn', () => {
  let folder: string;
  let database: SlowDatabase;
  let journal: RowJournal;
  let server: Server;
  let port: number;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cio-queue-'));
    journal = await RowJournal.open(folder);
    database = new SlowDatabase();
    const parts = { journal, database: () => database, onRefused: () => undefined };
    const app = express().use(warehouseRouter(new LocalWarehouse(parts)));
    ({ server, port } = await listen(app.use(problemHandler(new RecordingLogger())), 0, '127.0.0.1'));
  });
  afterEach(async () => {
    await closeServer(server, 0);
    await journal.close();
    rmSync(folder, { recursive: true });
  });

  const asked = (sql: string): { readonly status: Promise<number>; readonly goAway: () => void } => {
    const { promise: status, resolve } = Promise.withResolvers<number>();
    const headers = { 'content-type': 'application/json' };
    const call = request({ port, path: '/warehouse/query', method: 'POST', headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    call.on('error', () => resolve(0)).end(JSON.stringify({ sql }));
    return { status, goAway: () => call.destroy() };
  };

  it('is not run where its client has gone, and holds up no other', async () => {
    const first = asked('SELECT 1');
    await eventually(
      () => 'the first runs',
      async () => database.ran.length === 1,
      5000,
    );
    const gone = ['SELECT 2', 'SELECT 3'].map(asked);
    await new Promise((resolve) => setTimeout(resolve, 200));
    for (const { goAway } of gone) goAway();
    const last = asked('SELECT 4');
    await new Promise((resolve) => setTimeout(resolve, 200));
    database.endOne();
    expect(await first.status).toBe(200);
    await eventually(
      () => 'the last runs',
      async () => database.ran.length > 1,
      5000,
    );
    database.endOne();
    expect(await last.status).toBe(200);
    expect(database.ran).toEqual(['SELECT 1', 'SELECT 4']);
  });
});
