import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { missingDayFilters } from '../support/missing-day-filters.ts';
import {
  NOON,
  type Posted,
  TODAY,
  type WarehouseWorld,
  warehouseWorld,
} from '../warehouse/warehouse-world.ts';

const LIMIT_MS = 60_000;
const DAY = 24 * 60 * 60;
const PAGE = '../../app/local/page/queries.js';

/** The texts that the page has; a page's script has no types. */
interface Queries {
  readonly FUNNEL: string;
  readonly LATEST: string;
  readonly EXAMPLE: string;
}

let last = 0;
const event = (metric: string, deliveryId: string, at: number, data: object = {}): Posted => {
  last += 1;
  const identifiers = { id: 'ada', email: null, cio_id: 'c1' };
  return {
    event_id: `e${last}`,
    object_type: 'email',
    metric,
    timestamp: NOON + at,
    data: { identifiers, delivery_id: deliveryId, campaign_id: 5, recipient: 'ada@example.com', ...data },
  };
};

describe('what the start page asks the warehouse', () => {
  let world: WarehouseWorld;
  let queries: Queries;

  beforeAll(async () => {
    queries = (await import(PAGE)) as Queries;
    world = await warehouseWorld();
    const again = event('sent', 'd1', -20 * DAY);
    await world.receive(
      again,
      again,
      event('sent', 'd2', 0),
      event('delivered', 'd1', -20 * DAY + 1),
      event('opened', 'd1', -2 * DAY, { prefetched: false }),
      event('opened', 'd1', 0, { prefetched: false }),
      event('opened', 'd2', 1, { prefetched: true }),
      event('opened', 'd2', 2, { synthetic: true }),
      event('clicked', 'd1', -DAY, { machine: false }),
      event('clicked', 'd1', 0, { machine: false }),
      event('clicked', 'd2', 2, { machine: true }),
      event('bounced', 'd2', 3, { failure_message: '550' }),
    );
    // The database starts with the first query.
    await world.query('SELECT 1');
  }, LIMIT_MS);
  afterAll(() => world.close());

  it('counts a delivery once in each step of the funnel, on however many days it got there', async () => {
    expect(await world.query(queries.FUNNEL)).toEqual([
      {
        ...{ sent: 2, delivered: 1, opened: 1, clicked: 1, converted: 0 },
        ...{ bounced: 1, unsubscribed: 0, spammed: 0 },
      },
    ]);
  });

  it('counts as the view message_funnel does, of one day', async () => {
    const ofThatDay = `day = DATE '${TODAY}'`;
    const [view = {}] = await world.query(`SELECT * FROM message_funnel WHERE ${ofThatDay}`);
    const sql = queries.FUNNEL.replace(/timestamp >= .*$/, ofThatDay.replace('day', 'DATE(timestamp)'));
    const [funnel = {}] = await world.query(sql);
    expect(view).toMatchObject(funnel);
    expect(funnel).toMatchObject({ sent: 1, opened: 1, clicked: 1 });
    expect(view).toMatchObject({ prefetched: 1, synthetic: 1, clicked_by_machine: 1 });
  });

  it('has the latest events with the whole of their time and the ids to trace', async () => {
    const rows = await world.query(queries.LATEST);
    expect(rows).toHaveLength(10);
    expect(rows[0]).toEqual({
      timestamp: new Date((NOON + 3) * 1000).toISOString(),
      ...{ object_type: 'email', metric: 'bounced', person_id: 'ada', delivery_id: 'd2' },
      address: 'ada@example.com',
    });
  });

  it('filters on the day, as BigQuery demands', () => {
    const { FUNNEL, LATEST, EXAMPLE } = queries;
    expect([FUNNEL, LATEST, EXAMPLE].flatMap(missingDayFilters)).toEqual([]);
  });

  it('proposes a query that the local warehouse answers', async () => {
    const rows = await world.query(queries.EXAMPLE);
    expect(rows).toContainEqual({ day: TODAY, origin: 'campaign', sent: 1, opened: 1 });
  });
});
