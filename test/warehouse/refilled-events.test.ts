import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DELIVERY_EVENTS, type RowOf } from '../../app/contract/warehouse.ts';
import type { AppMessage } from '../../app/customerio/app-port.ts';
import { expectedEvents } from '../../app/reconcile/expected-events.ts';
import { refilledRow } from '../../app/reconcile/refilled-row.ts';
import { toRows } from '../../app/webhooks/to-rows.ts';
import { event } from './posted-events.ts';
import { NOON, type WarehouseWorld, warehouseWorld } from './warehouse-world.ts';

const LIMIT_MS = 60_000;
const RECIPIENTS = {
  recipients: [
    { device_id: 'phone', device_platform: 'ios' },
    { device_id: 'tablet', device_platform: 'android' },
  ],
};

/** The rows that a reconciliation makes of a delivery; `at` seconds after noon. */
const refilled = (
  id: string,
  metrics: Record<string, number>,
  type = 'email',
): RowOf<'delivery_events'>[] => {
  const times = Object.entries(metrics).map(([metric, at]) => [metric, NOON + at]);
  const message: AppMessage = {
    ...{ id, type, campaign_id: 5, customer_identifiers: { id, cio_id: `c-${id}` } },
    metrics: Object.fromEntries(times),
  };
  return expectedEvents(message).expected.map((expected) =>
    refilledRow(message, expected, NOON * 1000, toRows),
  );
};

describe('delivery_events_deduplicated', () => {
  let world: WarehouseWorld;

  const publish = (rows: readonly RowOf<'delivery_events'>[]): Promise<void> =>
    world.stream.publish(rows.map((row) => ({ table: 'delivery_events', row, eventId: row.event_id })));
  /** What the view has of a delivery: metric, seconds after noon, recipient, and whether it was refilled. */
  const seen = async (id: string, filter = ''): Promise<readonly unknown[]> => {
    const rows = await world.query(
      `SELECT metric, TIMESTAMP_DIFF(timestamp, TIMESTAMP('${new Date(NOON * 1000).toISOString()}'), SECOND) AS at,
         recipient_index, refilled
       FROM customerio_events.delivery_events_deduplicated
       WHERE delivery_id = '${id}' ${filter} ORDER BY timestamp, metric, event_id, recipient_index`,
    );
    return rows.map(({ metric, at, recipient_index: index, refilled: isRefilled }) =>
      [metric, at, index, isRefilled ? 'refilled' : 'told'].join(' '),
    );
  };

  beforeAll(async () => {
    world = await warehouseWorld();
    await world.query('SELECT 1');
  }, LIMIT_MS);
  afterAll(() => world.close());

  it('has a refilled event until its webhook comes, then that alone', async () => {
    await publish(refilled('late', { sent: 0, delivered: 4 }));
    expect(await seen('late')).toEqual(['sent 0 0 refilled', 'delivered 4 0 refilled']);
    await world.receive(event('delivered', 'late', 4));
    expect(await seen('late')).toEqual(['sent 0 0 refilled', 'delivered 4 0 told']);
    await world.receive(event('sent', 'late', 0));
    expect(await seen('late')).toEqual(['sent 0 0 told', 'delivered 4 0 told']);
  });

  it('has the webhook alone where the refill comes after it', async () => {
    await world.receive(event('sent', 'early', 0));
    await publish(refilled('early', { sent: 0 }));
    expect(await seen('early')).toEqual(['sent 0 0 told']);
  });

  it('has a refilled event once, however often it is refilled', async () => {
    await publish([...refilled('often', { sent: 0 }), ...refilled('often', { sent: 0 })]);
    expect(await seen('often')).toEqual(['sent 0 0 refilled']);
  });

  it('has every recipient of a push that was told of, and no refilled one beside them', async () => {
    const [row] = refilled('push', { sent: 0 }, 'push');
    if (row === undefined) throw new Error('nothing is refilled');
    await publish([row, { ...row, recipient_index: 1 }]);
    expect(await seen('push')).toEqual(['sent 0 0 refilled', 'sent 0 1 refilled']);
    await world.receive(event('sent', 'push', 0, RECIPIENTS, 'push'));
    expect(await seen('push')).toEqual(['sent 0 0 told', 'sent 0 1 told']);
  });

  it('has every open of a second, with full resolution', async () => {
    await publish(refilled('opens', { opened: 9 }));
    await world.receive(
      event('opened', 'opens', 9),
      event('opened', 'opens', 9),
      event('opened', 'opens', 12),
    );
    expect(await seen('opens')).toEqual(['opened 9 0 told', 'opened 9 0 told', 'opened 12 0 told']);
  });

  it.each([-5, -1, 1, 5])('gives way to a webhook that tells of another second: %d s', async (off) => {
    const id = `off${off}`;
    await publish(refilled(id, { opened: 20 }));
    await world.receive(event('opened', id, 20 + off));
    expect(await seen(id)).toEqual([`opened ${20 + off} 0 told`]);
  });

  it('keeps a refilled event beside webhooks of another metric, delivery, or more than 5 s away', async () => {
    await publish(refilled('kept', { opened: 9 }));
    await world.receive(
      event('clicked', 'kept', 9),
      event('opened', 'kept', 3),
      event('opened', 'kept', 15),
      event('opened', 'other', 9),
    );
    expect(await seen('kept')).toEqual([
      'opened 3 0 told',
      'clicked 9 0 told',
      'opened 9 0 refilled',
      'opened 15 0 told',
    ]);
  });

  it('takes a row that says nothing of a refill for a webhook', async () => {
    const [row] = refilled('silent', { sent: 0 });
    if (row === undefined) throw new Error('nothing is refilled');
    const { refilled: _said, ...silent } = row;
    await publish([row, { ...silent, event_id: 'silent' }]);
    expect(await seen('silent')).toEqual(['sent 0 0 told']);
  });

  it('has for some seconds what it has for them among all: a filter may be applied first', async () => {
    await publish(refilled('part', { sent: 0, opened: 12, clicked: 20 }));
    await world.receive(event('sent', 'part', 0), event('opened', 'part', 8), event('clicked', 'part', 20));
    await world.receive(event('opened', 'part', 30));
    const from = new Date((NOON + 10) * 1000).toISOString();
    const all = await seen('part');
    expect(await seen('part', `AND timestamp >= TIMESTAMP('${from}')`)).toEqual(all.slice(2));
    expect(all).toEqual(['sent 0 0 told', 'opened 8 0 told', 'clicked 20 0 told', 'opened 30 0 told']);
  });

  it('has the columns of the table, and no others', async () => {
    const [row] = await world.query('SELECT * FROM customerio_events.delivery_events_deduplicated LIMIT 1');
    expect(Object.keys(row ?? {})).toEqual(Object.keys(DELIVERY_EVENTS));
  });
});
