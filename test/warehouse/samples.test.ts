import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SAMPLES } from '../webhooks/documented.ts';
import { NOON, type Posted, type WarehouseWorld, warehouseWorld } from './warehouse-world.ts';

const LIMIT_MS = 60_000;

describe('the samples of the contract', () => {
  let world: WarehouseWorld;

  beforeAll(async () => {
    world = await warehouseWorld();
    const posted = SAMPLES.map(({ text }) => ({ ...(JSON.parse(text) as Posted), timestamp: NOON }));
    await world.receive(...posted, ...posted);
    await world.query('SELECT 1');
  }, LIMIT_MS);
  afterAll(() => world.close());

  it.each(SAMPLES.map(({ text, row }) => [(JSON.parse(text) as Posted).event_id, row] as const))(
    'are rows of the database, once each: %s',
    async (id, { timestamp: _then, raw: _raw, ...columns }) => {
      const sql = `SELECT * FROM \`customerio_events.delivery_events_deduplicated\` WHERE event_id = '${id}'`;
      expect(await world.query(sql)).toEqual([expect.objectContaining(columns)]);
      expect(world.refused).toEqual([]);
    },
  );

  it('suppress the one person who left, and the address that was refused', async () => {
    const sql =
      'SELECT kind, person, address, unsubscribed, bounced FROM `customerio_events.suppression_list` ORDER BY kind';
    const ada = { person: 'a3000001', address: 'a@example.com' };
    expect(await world.query(sql)).toEqual([
      { kind: 'address', ...ada, unsubscribed: false, bounced: true },
      { kind: 'person', ...ada, unsubscribed: true, bounced: false },
    ]);
  });
});
