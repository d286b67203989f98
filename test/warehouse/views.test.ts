import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DELIVERY_EVENTS } from '../../app/contract/warehouse.ts';
import { viewQuery, WAREHOUSE_VIEWS } from '../../app/contract/warehouse-views/warehouse-views.ts';
import { readViews } from '../../app/warehouse/read-views.ts';
import { about, event } from './posted-events.ts';
import { NOON, type Posted, TODAY, type WarehouseWorld, warehouseWorld } from './warehouse-world.ts';

const LIMIT_MS = 60_000;
const DAY = 24 * 60 * 60;

const PUSH = {
  recipients: [
    { device_id: 'phone', device_platform: 'ios', failure_message: 'Unregistered' },
    { device_id: 'tablet', device_platform: 'android', failure_message: 'Gone' },
  ],
};
const OF_NEWSLETTER = { campaign_id: undefined, newsletter_id: 10, newsletter_name: 'News' } as const;
const OF_MESSAGE = { campaign_id: undefined, transactional_message_id: 7 } as const;
const OF_TRIGGER = { campaign_id: undefined, broadcast_id: null, trigger_id: 4 } as const;
const OF_BROADCAST = { campaign_id: undefined, broadcast_id: 2, trigger_id: 1 } as const;

const sentTwice = event('sent', 'd1', 0, { subject: 'first' });
const DELIVERIES: readonly Posted[] = [
  sentTwice,
  { ...sentTwice, data: { ...sentTwice.data, subject: 'second' } },
  event('sent', 'd2', 10),
  event('sent', 'd3', 20),
  event('delivered', 'd1', 1),
  event('delivered', 'd2', 11),
  event('opened', 'd1', 5, { prefetched: true }),
  event('opened', 'd1', 100, { prefetched: false, proxied: true }),
  event('opened', 'd1', 200, { prefetched: false }),
  event('opened', 'd2', 40, { prefetched: true }),
  event('opened', 'd3', 20 + DAY / 2, { prefetched: false }),
  event('opened', 'd1', 12, { synthetic: true }),
  event('opened', 'd2', 13, { synthetic: true }),
  event('clicked', 'd1', 110, { machine: false }),
  event('clicked', 'd2', 12, { machine: true }),
  event('converted', 'd1', 120),
  event('spammed', 'd2', 50, { recipient: 'd2@example.com' }),
  event('sent', 'n1', 0, OF_NEWSLETTER),
  event('bounced', 'n1', 1, {
    ...OF_NEWSLETTER,
    recipient: 'n1@example.com',
    failure_message: '550 no mailbox',
  }),
  event('sent', 't1', 0, OF_MESSAGE),
  event('opened', 't1', 30, OF_MESSAGE),
  event('sent', 't2', 0, OF_MESSAGE),
  event('opened', 't2', 60, OF_MESSAGE),
  event('sent', 'b1', 0, OF_BROADCAST),
  event('unsubscribed', 'b1', 9, OF_BROADCAST),
  event('sent', 'b2', 0, OF_TRIGGER),
  event('opened', 'b2', 8, OF_TRIGGER),
  event('sent', 'b3', 10, OF_TRIGGER),
  event('opened', 'b3', 9, OF_TRIGGER),
  event('sent', 'b4', 10, OF_TRIGGER),
  event('sent', 'u1', 0, PUSH, 'push'),
  event('bounced', 'u1', 2, PUSH, 'push'),
];

const UNSUBSCRIBED = ['customer', 'unsubscribed'] as const;
const SUBSCRIBED = ['customer', 'subscribed'] as const;
const BOUNCED = ['email', 'bounced'] as const;
const DELIVERED = ['email', 'delivered'] as const;
const PEOPLE: readonly Posted[] = [
  about(UNSUBSCRIBED, 'left', 0, { email_address: 'left@example.com' }),
  about(UNSUBSCRIBED, 'returned', 0),
  about(SUBSCRIBED, 'returned', 60),
  about(SUBSCRIBED, 'left-again', 60),
  about(UNSUBSCRIBED, 'left-again', 120),
  about(UNSUBSCRIBED, 'undecided', 30),
  about(SUBSCRIBED, 'undecided', 30),
  about(BOUNCED, 'full', 0, {
    delivery_id: 'x1',
    recipient: 'full@example.com',
    failure_message: '452 mailbox full',
  }),
  about(BOUNCED, 'moved', 0, {
    delivery_id: 'x2',
    recipient: 'old@example.com',
    failure_message: '550 unknown',
  }),
  about(DELIVERED, 'moved', 90, { delivery_id: 'x3', recipient: 'new@example.com' }),
  about(['email', 'dropped'], 'dropped', 7, { delivery_id: 'x4', recipient: 'dropped@example.com' }),
];

describe('the views', () => {
  let world: WarehouseWorld;

  beforeAll(async () => {
    world = await warehouseWorld();
    await world.receive(...DELIVERIES, ...PEOPLE);
    // The database starts with the first query.
    await world.query('SELECT 1');
  }, LIMIT_MS);
  afterAll(() => world.close());

  it('take every row that was published', async () => {
    const [count] = await world.query('SELECT COUNT(*) AS n FROM `customerio_events.delivery_events`');
    expect(count).toEqual({ n: DELIVERIES.length + 2 + PEOPLE.length });
    expect(world.refused).toEqual([]);
  });

  it('delivery_events_deduplicated has an event once, as it was first received', async () => {
    const rows = await world.query('SELECT * FROM `customerio_events.delivery_events_deduplicated`');
    expect(rows).toHaveLength(DELIVERIES.length - 1 + 2 + PEOPLE.length);
    expect(rows.filter(({ event_id: id }) => id === sentTwice.event_id)).toEqual([
      expect.objectContaining({ subject: 'first', timestamp: new Date(NOON * 1000).toISOString() }),
    ]);
    expect(Object.keys(rows[0] ?? {})).toEqual(Object.keys(DELIVERY_EVENTS));
  });

  it('delivery_events_deduplicated keeps both recipients of a push', async () => {
    const rows = await world.query(
      `SELECT device_id, failure_message FROM \`customerio_events.delivery_events_deduplicated\`
       WHERE object_type = "push" AND metric = "bounced" AND timestamp >= TIMESTAMP("${TODAY}")
       ORDER BY recipient_index`,
    );
    expect(rows).toEqual([
      { device_id: 'phone', failure_message: 'Unregistered' },
      { device_id: 'tablet', failure_message: 'Gone' },
    ]);
  });

  it('message_funnel counts each delivery once a step, machines apart', async () => {
    const rows = await world.query(
      `SELECT * FROM customerio_events.message_funnel WHERE day = '${TODAY}' AND origin <> 'unknown' ORDER BY origin, channel, origin_id`,
    );
    const none = {
      ...{ day: TODAY, origin_name: null, channel: 'email', sent: 0, delivered: 0, opened: 0, clicked: 0 },
      ...{ converted: 0, bounced: 0, unsubscribed: 0, spammed: 0, prefetched: 0, clicked_by_machine: 0 },
      synthetic: 0,
    };
    const people = { opened: 1, clicked: 1, converted: 1, spammed: 1 };
    const machines = { prefetched: 2, clicked_by_machine: 1, synthetic: 2 };
    expect(rows).toEqual([
      { ...none, origin: 'broadcast', origin_id: 2, sent: 1, unsubscribed: 1 },
      { ...none, origin: 'broadcast', origin_id: null, sent: 3, opened: 2 },
      { ...none, origin: 'campaign', origin_id: 5, sent: 3, delivered: 2, ...people, ...machines },
      { ...none, origin: 'campaign', origin_id: 5, channel: 'push', sent: 1, bounced: 1 },
      { ...none, origin: 'newsletter', origin_id: 10, origin_name: 'News', sent: 1, bounced: 1 },
      { ...none, origin: 'transactional', origin_id: 7, sent: 2, opened: 2 },
    ]);
  });

  it('message_funnel counts an open on its own day', async () => {
    const rows = await world.query(
      `SELECT origin, sent, opened FROM customerio_events.message_funnel WHERE day > DATE '${TODAY}'`,
    );
    expect(rows).toEqual([{ origin: 'campaign', sent: 0, opened: 1 }]);
  });

  it('bounce_and_complaint_rates divides, and by nothing gives null', async () => {
    const rows = await world.query(
      `SELECT * FROM customerio_events.bounce_and_complaint_rates WHERE day = '${TODAY}' ORDER BY channel`,
    );
    expect(rows).toEqual([
      {
        ...{ day: TODAY, channel: 'email', sent: 10, delivered: 3, bounced: 3, spammed: 1 },
        ...{ bounce_rate: 3 / 10, complaint_rate: 1 / 3 },
      },
      {
        ...{ day: TODAY, channel: 'push', sent: 1, delivered: 0, bounced: 1, spammed: 0 },
        ...{ bounce_rate: 1, complaint_rate: null },
      },
    ]);
  });

  it('time_to_open measures from sending to the first open by a person', async () => {
    const rows = await world.query(
      "SELECT * FROM customerio_events.time_to_open WHERE origin IN ('campaign', 'transactional') ORDER BY origin, channel",
    );
    expect(rows).toEqual([
      {
        ...{ day: TODAY, origin: 'campaign', origin_id: 5, channel: 'email', sent: 3, opened: 2 },
        ...{ p50_seconds: 100, p90_seconds: DAY / 2 },
      },
      {
        ...{ day: TODAY, origin: 'campaign', origin_id: 5, channel: 'push', sent: 1, opened: 0 },
        ...{ p50_seconds: null, p90_seconds: null },
      },
      {
        ...{ day: TODAY, origin: 'transactional', origin_id: 7, channel: 'email', sent: 2, opened: 2 },
        ...{ p50_seconds: 30, p90_seconds: 60 },
      },
    ]);
  });

  it('time_to_open takes an open before its sending for one at once, and knows a broadcast by its trigger', async () => {
    const rows = await world.query(
      "SELECT * FROM customerio_events.time_to_open WHERE origin NOT IN ('campaign', 'transactional') ORDER BY origin, origin_id",
    );
    const none = { day: TODAY, channel: 'email', opened: 0, p50_seconds: null, p90_seconds: null };
    expect(rows).toEqual([
      { ...none, origin: 'broadcast', origin_id: 2, sent: 1 },
      {
        ...{ day: TODAY, channel: 'email', origin: 'broadcast', origin_id: null },
        ...{ sent: 3, opened: 2, p50_seconds: 0, p90_seconds: 8 },
      },
      { ...none, origin: 'newsletter', origin_id: 10, sent: 1 },
    ]);
  });

  it('suppression_list has who left, which address complained or bounced for good, and not who came back', async () => {
    const rows = await world.query(
      'SELECT * FROM `customerio_events.suppression_list` ORDER BY person, address',
    );
    const held = rows.map(({ kind, person_id: id, person: _person, since, address, ...states }) => [
      ...[kind, id, address],
      Object.keys(states).filter((name) => states[name] === true && name !== 'do_not_mail'),
      (Date.parse(String(since)) / 1000 - NOON) as number,
    ]);
    expect(held).toEqual([
      ['person', 'b1', null, ['unsubscribed'], 9],
      ['address', 'd2', 'd2@example.com', ['spammed'], 50],
      ['address', 'dropped', 'dropped@example.com', ['suppressed'], 7],
      ['address', 'full', 'full@example.com', ['mailbox_full'], 0],
      ['person', 'left', 'left@example.com', ['unsubscribed'], 0],
      ['person', 'left-again', null, ['unsubscribed'], 120],
      ['address', 'n1', 'n1@example.com', ['bounced'], 1],
      ['person', 'undecided', null, ['unsubscribed'], 30],
      ['address', null, 'old@example.com', ['bounced'], 0],
    ]);
    expect(rows[0]).toMatchObject({ person: 'c-b1' });
  });

  it('a person who has unsubscribed by a message is cleared by a subscription of the person', async () => {
    await world.receive(about(SUBSCRIBED, 'b1', 500));
    expect(
      await world.query("SELECT * FROM `customerio_events.suppression_list` WHERE person_id = 'b1'"),
    ).toEqual([]);
  });

  it('are five files that begin by saying what they answer and at which grain', () => {
    const texts = Object.entries(readViews());
    expect(texts.map(([name]) => name)).toEqual(Object.keys(WAREHOUSE_VIEWS));
    for (const [, text] of texts) {
      expect(text).toMatch(/^-- .+\n-- Grain: one row per /);
      // What other readers of BigQuery's SQL cannot run.
      expect(text).not.toMatch(/\bQUALIFY\b|\bCOUNTIF\b/);
      // What Terraform would take for its own template.
      expect(text).not.toMatch(/[$%]\{/);
    }
  });

  it('name their tables by the dataset that is asked for, and no others than they say', () => {
    for (const [name, { reads }] of Object.entries(WAREHOUSE_VIEWS)) {
      const sql = viewQuery(readViews()[name as keyof typeof WAREHOUSE_VIEWS], 'acme.events');
      const tables = [...sql.matchAll(/`acme\.events\.(\w+)`/g)].map(([, table]) => table);
      expect([...new Set(tables)]).toEqual(reads);
      expect(sql).not.toMatch(/\{\{|\}\}/);
    }
  });
});
