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
});
