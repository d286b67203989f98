import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { LocalReader } from '../../app/bigquery/local-reader.ts';
import { type RowQuery, WarehouseReadError } from '../../app/bigquery/port.ts';
import { type LocalPlatform, startLocalPlatform } from '../reconcile/local-platform.ts';

jest.setTimeout(30_000);

const AT = Date.UTC(2026, 0, 2);
const TRICKY = ["o'neil", 'back\\slash', 'line\nbreak', '`tick`', '"quoted"', "'); DROP TABLE x; --", '\\'];

let platform: LocalPlatform;
let reader: LocalReader;
beforeAll(async () => {
  platform = await startLocalPlatform();
  reader = new LocalReader(`${platform.url}/warehouse/query`);
  const rows = TRICKY.map((id, index) => ({
    event_id: `e${index}`,
    timestamp: new Date(AT).toISOString(),
    delivery_id: id,
    person_id: 'u1',
    metric: 'sent',
    link_id: index,
  }));
  const late = { event_id: 'late', timestamp: new Date(AT + 1000).toISOString(), person_id: 'u2' };
  await platform.stream.publish([...rows, late].map((row) => ({ table: 'delivery_events', row })));
});
afterAll(() => platform.close());

const query = (more: Partial<RowQuery>): RowQuery => ({
  columns: ['delivery_id', 'link_id'],
  anyOf: [{ column: 'delivery_id', values: TRICKY }],
  from: AT,
  to: AT + 1000,
  ...more,
});

const faultOf = async (run: Promise<unknown>): Promise<string> => {
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(WarehouseReadError);
  return (error as Error).message;
};

describe('LocalReader', () => {
  it('finds values whatever characters they hold', async () => {
    const found = await reader.rows(query({}));
    expect(found.toSorted((a, b) => Number(a['link_id']) - Number(b['link_id']))).toEqual(
      TRICKY.map((id, index) => ({ delivery_id: id, link_id: index })),
    );
    for (const id of TRICKY) {
      const one = await reader.rows(query({ anyOf: [{ column: 'delivery_id', values: [id] }] }));
      expect(one.map((row) => row['delivery_id'])).toEqual([id]);
    }
  });

  it('takes a row in which any of the columns fits, once, and only of the time asked for', async () => {
    const anyOf = [
      { column: 'person_id', values: ['u1', 'u2'] },
      { column: 'delivery_id', values: ["o'neil"] },
    ] as const;
    expect(await reader.rows(query({ columns: ['person_id'], anyOf }))).toEqual([{ person_id: 'u1' }]);
    expect(await reader.rows(query({ columns: ['person_id'], anyOf, to: AT + 1001 }))).toHaveLength(2);
    expect(await reader.rows(query({ anyOf, from: AT + 1 }))).toEqual([]);
  });

  it('says what is wrong where no warehouse answers', async () => {
    const server: Server = createServer((_request, response) => response.end('<html>'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    expect(await faultOf(new LocalReader(url).rows(query({})))).toBe(
      `no warehouse answers at ${url}: is that npm start?`,
    );
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await faultOf(new LocalReader(url).rows(query({})))).toContain('start it with npm start');
  });

  it('asks for as many and as long ids as there may be within the 16 kB of a query', async () => {
    const range = { from: AT, to: AT + 1 };
    for (const longest of ['\u20ac'.repeat(1000), '\\'.repeat(1000), "'".repeat(1000), '"'.repeat(1000)]) {
      const ids = Array.from({ length: reader.mostValues - 1 }, (_none, n) => `${n}`.padEnd(40, 'x'));
      expect((await reader.strays({ ids: [longest, ...ids], ...range }, 1000)).quarantine.rows).toEqual([]);
      const columns = ['delivery_id', 'person_id', 'trigger_event_id', 'event_id', 'correlation_id'] as const;
      const anyOf = columns.map((column) => ({ column, values: [longest] }));
      const asked = { columns: ['timestamp', ...columns], anyOf, ...range } as const;
      expect((await reader.newest(asked, 1000)).rows).toEqual([]);
    }
  });

  it('does not give a part for the whole', async () => {
    const rows = Array.from({ length: 1001 }, (_, index) => ({
      event_id: `m${index}`,
      timestamp: new Date(AT + 5000).toISOString(),
      person_id: 'many',
      link_id: index,
    }));
    await platform.stream.publish(rows.map((row) => ({ table: 'delivery_events', row })));
    const anyOf = [{ column: 'person_id', values: ['many'] }] as const;
    expect(await faultOf(reader.rows(query({ anyOf, to: AT + 6000 })))).toContain('more than 1000 rows fit');
  });

  it('gives the newest rows where more fit than asked for, and says so', async () => {
    const rows = Array.from({ length: 20 }, (_, index) => ({
      event_id: `n${index}`,
      timestamp: new Date(AT + 10_000 + index * 1000).toISOString(),
      person_id: 'busy',
      link_id: index,
    }));
    await platform.stream.publish(rows.map((row) => ({ table: 'delivery_events', row })));
    const busy = query({
      columns: ['link_id', 'timestamp'],
      anyOf: [{ column: 'person_id', values: ['busy'] }],
      to: AT + 60_000,
    });
    const some = await reader.newest(busy, 3);
    expect([some.rows.map((row) => row['link_id']), some.complete]).toEqual([[19, 18, 17], false]);
    const all = await reader.newest(busy, 20);
    expect([all.rows.length, all.complete]).toEqual([20, true]);
  });

  it('gives the newest 1,000 of more rows than one answer holds', async () => {
    const many = query({
      columns: ['link_id', 'timestamp'],
      anyOf: [{ column: 'person_id', values: ['many'] }],
      to: AT + 6000,
    });
    const { rows, complete } = await reader.newest(many, 1000);
    expect([rows.length, complete]).toEqual([1000, false]);
  });

  it('finds what is in quarantine by its ids and by any id in its body, whatever bytes that is of', async () => {
    const received_at = new Date(AT).toISOString();
    const body = (text: string): string =>
      Buffer.concat([Buffer.from([0xff, 0]), Buffer.from(text)]).toString('base64');
    const rows = [
      { event_id: 'q1', reason: 'timestamp', correlation_id: 'c1', body_base64: body('{"id":"d77"}') },
      { reason: 'not_json', correlation_id: 'c2', body_base64: body('"d777"') },
      { event_id: 'q3', reason: 'metric', correlation_id: 'c3', body_base64: body(JSON.stringify(TRICKY)) },
    ].map((row) => ({ ...row, received_at }));
    await platform.stream.publish(rows.map((row) => ({ table: 'quarantine', row })));
    const found = async (ids: readonly string[], from = AT): Promise<unknown> => {
      const { quarantine } = await reader.strays({ ids, from, to: AT + 1 }, 100);
      expect(quarantine.complete).toBe(true);
      return quarantine.rows.map((row) => row['correlation_id']).toSorted();
    };
    expect(await found(['q1'])).toEqual(['c1']);
    expect(await found(['c2'])).toEqual(['c2']);
    expect(await found(['d77'])).toEqual(['c1']);
    expect(await found(['q1', 'c2'])).toEqual(['c1', 'c2']);
    for (const id of TRICKY) expect(await found([id])).toEqual(['c3']);
    expect(await found(['d77'], AT + 1)).toEqual([]);
    const { quarantine } = await reader.strays({ ids: ['c1'], from: AT, to: AT + 1 }, 100);
    expect(quarantine.rows).toEqual([
      { happened_at: '2026-01-02T00:00:00.000Z', reason: 'timestamp', event_id: 'q1', correlation_id: 'c1' },
    ]);
  });
});
