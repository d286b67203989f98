import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../app/webhooks/reading.ts';
import { event, rowOf, rowsOf, withData } from './read-rows.ts';

describe('a value', () => {
  it.each<[string, unknown, unknown]>([
    ['campaign_id', '5', 5],
    ['campaign_id', -1, -1],
    ['campaign_id', 2 ** 53 - 1, 9007199254740991],
    ['campaign_id', 2 ** 53, undefined],
    ['campaign_id', '9223372036854775808', undefined],
    ['campaign_id', 1.5, undefined],
    ['campaign_id', true, undefined],
    ['campaign_id', '5 ', undefined],
    ['campaign_id', null, undefined],
    ['campaign_id', [5], undefined],
    ['machine', 'true', true],
    ['machine', 'false', false],
    ['machine', 'yes', undefined],
    ['machine', 1, undefined],
    ['machine', null, undefined],
    ['subject', 5, '5'],
    ['subject', '', ''],
    ['subject', 1.5, undefined],
    ['subject', true, undefined],
    ['subject', {}, undefined],
    ['subject', 'a\u0000b', 'a\ufffdb'],
    ['subject', 'a\ud800', 'a\ufffd'],
    ['subject', '\u{1f600}', '\u{1f600}'],
    ['journey_id', 7, '7'],
    ['content', { topics: { a: true } }, '{"topics":{"a":true}}'],
    ['headers', 'text', 'text'],
  ])('of %s that is %j becomes %j', (field, value, expected) => {
    expect(rowOf(withData({ [field]: value }))[field]).toBe(expected);
  });

  it('keeps the tags that fit', () => {
    expect(rowOf(withData({ campaign_tags: ['a', null, {}, 5] }))['tags']).toEqual(['a', '5']);
    expect(rowOf(withData({ campaign_tags: 'a', broadcast_tags: ['b'] }))['tags']).toEqual(['b']);
    expect(rowOf(withData({ campaign_tags: [] }))).not.toHaveProperty('tags');
  });

  it('that is a number beyond 2^53 stands in raw as it was written', () => {
    const text = JSON.stringify(withData({ campaign_id: 1 })).replace(':1}', ':9007199254740993}');
    expect(rowOf(text)['raw']).toContain('9007199254740993');
  });

  it.each([[null], [5], ['text'], [[]]])('of identifiers that is %j is no one’s', (identifiers) => {
    expect(rowOf(withData({ identifiers }))).not.toHaveProperty('person_id');
  });

  it('nested too deep for its JSON column is left to raw', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const text = JSON.stringify(withData({ content: 'X', novel: 'X' })).replaceAll('"X"', deep);
    const row = rowOf(text);
    expect(row).not.toHaveProperty('content');
    expect(row['raw']).toBe(text);
  });
});

describe('a push', () => {
  const push = (recipients: unknown): JsonObject => event({ object_type: 'push', data: { recipients } });
  const devices = (count: number): object[] =>
    Array.from({ length: count }, (_, i) => ({ device_id: `d${i}` }));

  it('has a row per recipient, and what may be large only once', () => {
    const data = { recipients: devices(3), content: 'c', headers: { a: ['b'] } };
    const rows = rowsOf(event({ object_type: 'push', data }));
    expect(rows.map((row) => [row['event_id'], row['recipient_index'], row['device_id']])).toEqual([
      ['e1', 0, 'd0'],
      ['e1', 1, 'd1'],
      ['e1', 2, 'd2'],
    ]);
    for (const large of ['raw', 'content', 'headers'])
      expect(rows.map((row) => large in row)).toEqual([true, false, false]);
    expect(rows.map((row) => row['recipient_count'])).toEqual([3, 3, 3]);
  });

  it.each([[[]], [null], ['x'], [{}]])('with the recipients %j has one row', (recipients) => {
    expect(rowOf(push(recipients))).toMatchObject({ recipient_index: 0 });
  });

  it('with recipients of odd types has a row for each all the same', () => {
    expect(rowsOf(push([null, 5, { device_id: 'd' }])).map((row) => row['device_id'])).toEqual([
      undefined,
      undefined,
      'd',
    ]);
  });

  it('with much content has a row per recipient all the same', () => {
    const data = { content: 'c'.repeat(700_000), recipients: devices(500) };
    expect(rowsOf(event({ object_type: 'push', data }))).toHaveLength(500);
  });

  it('to very many has rows for a thousand and says how many there are', () => {
    const rows = rowsOf(push(devices(1_500)));
    expect(rows).toHaveLength(1_000);
    expect(rows[0]).toMatchObject({ recipient_count: 1_500 });
  });

  it.each<[string, JsonObject]>([
    ['that its rows share', { subject: 's'.repeat(900_000), recipients: devices(2_000) }],
    [
      'that all rows but the second share',
      { failure_message: 'f'.repeat(900_000), recipients: [{}, { failure_message: 'x' }, ...devices(998)] },
    ],
  ])('of the largest size stays within what a stream takes, with much %s', (_what, data) => {
    const rows = rowsOf(event({ object_type: 'push', data }));
    expect(JSON.stringify(rows).length).toBeLessThan(10_000_000);
    expect(rows.length).toBeGreaterThan(1);
  });
});
