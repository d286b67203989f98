import { describe, expect, it } from '@jest/globals';
import type { QUARANTINE_REASONS } from '../../app/contract/quarantine-reasons.ts';
import type { JsonObject } from '../../app/webhooks/reading.ts';
import { FIELDS, PAIRS, SAMPLES } from './documented.ts';
import { event, OURS, read, rowOf, rowsOf, withData } from './read-rows.ts';
import { bytesOf, NOW } from './webhook-server.ts';

const DAY = 24 * 60 * 60;

describe('a documented event', () => {
  it.each(SAMPLES)('of the contract fills exactly its columns: $text', ({ text, row }) => {
    const { event_id, object_type, metric } = JSON.parse(text) as JsonObject;
    const envelope = { event_id, object_type, metric, recipient_index: 0, raw: text };
    expect(rowOf(text)).toEqual({ ...row, ...envelope, ...OURS });
  });

  it.each(PAIRS)('%s %s fills a column with each field of its own', (objectType, metric, list) => {
    const fields = list.split(' ').filter((field) => field !== '');
    const data = Object.fromEntries(fields.map((field) => [field, FIELDS[field]]));
    const rows = rowsOf(event({ object_type: objectType, metric, data }));
    for (const field of fields.filter((name) => name !== 'recipients' && name !== 'headers')) {
      const isOnce = field === 'content';
      expect(rows.map((row) => row[field])).toEqual(
        rows.map((_row, index) => (isOnce && index > 0 ? undefined : FIELDS[field])),
      );
    }
    if (fields.includes('recipients')) {
      expect(rows).toMatchObject([
        { recipient_index: 0, device_id: 'tok', device_platform: 'ios', failure_message: 'Unregistered' },
        { recipient_index: 1, device_id: 'kot', device_platform: 'android', failure_message: 'Expired' },
      ]);
    }
  });

  it('has columns for every origin', () => {
    const campaign = { campaign_id: 5, campaign_name: 'C', campaign_tags: ['a', 'b'], template_id: 4 };
    expect(rowOf(withData(campaign))).toMatchObject({
      campaign_id: 5,
      campaign_name: 'C',
      tags: ['a', 'b'],
      template_id: 4,
    });
    const broadcast = { broadcast_id: 2, broadcast_name: 'B', broadcast_tags: ['x'], trigger_id: 1 };
    expect(rowOf(withData({ ...broadcast, parent_action_id: 8 }))).toMatchObject({
      broadcast_id: 2,
      broadcast_name: 'B',
      tags: ['x'],
      trigger_id: 1,
      parent_action_id: 8,
    });
    const newsletter = { newsletter_id: 9, newsletter_name: 'N', newsletter_tags: ['y'], content_id: 3 };
    expect(rowOf(withData(newsletter))).toMatchObject({
      newsletter_id: 9,
      newsletter_name: 'N',
      tags: ['y'],
      content_id: 3,
    });
    expect(rowOf(withData({ identifiers: { phone: '+1555' } }))).toMatchObject({ person_phone: '+1555' });
  });

  it.each<[JsonObject, JsonObject]>([
    [{ object_type: 'sms' }, { object_type: 'sms', causing_object_type: 'sms' }],
    [{ object_type_type: 'sms' }, { object_type: 'sms', causing_object_type: 'sms' }],
    [{ object_type: 'customer' }, { object_type: 'customer' }],
    [{}, { object_type: 'customer' }],
    [{ object_type: null, object_type_type: null }, { object_type: 'customer' }],
    [
      { object_type: 'customer', data: { object_type_type: 'sms' } },
      { object_type: 'customer', causing_object_type: 'sms' },
    ],
  ])('that changes preferences has the causing channel, however it is spelt: %j', (more, columns) => {
    const { object_type: _type, ...rest } = event({ metric: 'cio_subscription_preferences_changed' });
    const row = rowOf({ ...rest, ...more });
    const { object_type, causing_object_type } = row;
    expect(JSON.parse(JSON.stringify({ object_type, causing_object_type }))).toEqual(columns);
    const reading = read({ ...rest, ...more });
    expect(reading.kind === 'rows' && reading.event.objectType).toBe(columns['object_type']);
  });

  it('of another metric has no causing channel', () => {
    expect(rowOf(event({ object_type: 'sms', metric: 'sent' }))).not.toHaveProperty('causing_object_type');
  });

  it('tells its listeners what it says', () => {
    const text = JSON.stringify(withData({ recipient: 'a' }));
    expect(read(text)).toMatchObject({
      event: {
        ...{ eventId: 'e1', objectType: 'email', metric: 'sent', timestamp: 1_760_000_000_000 },
        ...{ data: { recipient: 'a' }, raw: text, receivedAt: NOW, correlationId: 'c1' },
      },
    });
  });
});

describe('an event that is not documented', () => {
  it.each([
    ['email', 'teleported'],
    ['hologram', 'sent'],
    ['__proto__', 'constructor'],
  ])('%s %s is kept with the columns that it fills', (objectType, metric) => {
    const row = rowOf(event({ object_type: objectType, metric, data: { recipient: 'a', novel: 1 } }));
    expect(row).toMatchObject({ object_type: objectType, metric, recipient: 'a' });
    expect(row).not.toHaveProperty('novel');
  });
});

describe('a timestamp', () => {
  const now = NOW / 1000;
  it.each<[unknown, string]>([
    ['1760000000', '2025-10-09T08:53:20.000Z'],
    [1760000000.5, '2025-10-09T08:53:20.500Z'],
    [now - 30 * DAY, '2025-09-09T08:53:21.000Z'],
    [now + DAY, '2025-10-10T08:53:21.000Z'],
  ])('of %j is taken', (timestamp, expected) => {
    expect(rowOf(event({ timestamp }))['timestamp']).toBe(expected);
  });

  it.each<[unknown, string]>([
    ['abc', 'timestamp'],
    ['', 'timestamp'],
    [null, 'timestamp'],
    [true, 'timestamp'],
    [[1760000000], 'timestamp'],
    ['2025-10-09T08:53:20Z', 'timestamp'],
    [undefined, 'timestamp'],
    [now - 30 * DAY - 1, 'timestamp_range'],
    [now + DAY + 1, 'timestamp_range'],
    [1760000000000, 'timestamp_range'],
    [0, 'timestamp_range'],
    [-1e300, 'timestamp_range'],
    [1e308, 'timestamp_range'],
  ])('of %j puts the event into the quarantine', (timestamp, reason) => {
    expect(read(event({ timestamp }))).toMatchObject({ kind: 'quarantine', reason, row: { event_id: 'e1' } });
  });

  it('beyond any number puts the event into the quarantine', () => {
    const text = JSON.stringify(event()).replace('1760000000', '1e999');
    expect(read(text)).toMatchObject({ reason: 'timestamp' });
  });
});

describe('the quarantine', () => {
  const { event_id: _id, ...noId } = event();
  const { data: _data, ...noData } = event();
  const proto = JSON.stringify(event()).replace('"event_id"', '"__proto__":{"event_id":"x"},"id"');
  it.each<[keyof typeof QUARANTINE_REASONS, unknown]>([
    ['empty', ''],
    ['not_utf8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['not_utf8', Buffer.from([0xed, 0xa0, 0x80])],
    ['not_json', '{"event_id":'],
    ['not_json', '\u0000'],
    ['not_json', ' '],
    ['not_json', '\ufeff'],
    ['array', [event(), event()]],
    ['array', []],
    ['not_object', 'null'],
    ['not_object', '5'],
    ['not_object', '"text"'],
    ['event_id', noId],
    ['event_id', proto],
    ['event_id', event({ event_id: '' })],
    ['event_id', event({ event_id: 5 })],
    ['event_id', event({ event_id: '\ud800' })],
    ['event_id', event({ event_id: 'e\u0000' })],
    ['event_id', event({ event_id: 'e'.repeat(257) })],
    ['object_type', event({ object_type: null })],
    ['metric', event({ metric: {} })],
    ['data', noData],
    ['data', event({ data: [] })],
    ['data', event({ data: null })],
  ])('with reason %s keeps the bytes of %j', (reason, body) => {
    const reading = read(body);
    expect(reading).toMatchObject({ kind: 'quarantine', reason });
    if (reading.kind !== 'quarantine') return;
    expect(Buffer.from(reading.row.body_base64 ?? '', 'base64')).toEqual(bytesOf(body));
    expect(reading.row).toMatchObject({ reason, timestamp_header: '1760000000', correlation_id: 'c1' });
  });

  it('says of a compressed body that it is one', () => {
    const gzip = { contentEncoding: 'gzip' };
    expect(read(Buffer.from([0x1f, 0x8b]), gzip)).toMatchObject({
      reason: 'content_encoding',
      row: { content_encoding: 'gzip' },
    });
    expect(read('{', { contentEncoding: 'Identity' })).toMatchObject({ reason: 'not_json' });
    expect(read(event(), gzip)).toMatchObject({ kind: 'rows' });
  });
});

describe('the text', () => {
  it.each([
    ['with a byte order mark', `\ufeff${JSON.stringify(event())}`],
    [
      'with keys twice',
      '{"event_id":"e0","event_id":"e1","object_type":"email","metric":"sent","timestamp":1760000000,"data":{}}',
    ],
    ['with white space', ` \r\n\t${JSON.stringify(event(), null, 2)}\n`],
    ['with escapes', JSON.stringify(event()).replace('"e1"', '"\\u0065\\u0031"')],
    ['with half a pair, escaped', JSON.stringify(withData({ novel: '\ud800' }))],
    ['with __proto__ keys', JSON.stringify(event()).replace('{}', '{"__proto__":{"subject":"x"}}')],
  ])('%s is kept as it is', (_what, text) => {
    expect(rowOf(text)).toMatchObject({ event_id: 'e1', raw: text });
    expect(rowOf(text)).not.toHaveProperty('subject');
  });
});
