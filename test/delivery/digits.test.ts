import { describe, expect, it } from '@jest/globals';
import { type Item, readItem } from '../../app/delivery/read-item.ts';
import { busRecord, recordValue } from './records.ts';

const LONG = '12345678901234567890';
const PRICE = '0.12345678901234567891';

/** A record whose payload is a JSON text. */
const recordOf = (type: string, payload: string) =>
  busRecord(JSON.stringify({ ...recordValue(), type, payload: 'P' }).replace('"P"', payload));

const sent = (type: string, payload: string): string =>
  JSON.stringify((readItem(recordOf(type, payload)) as Item).mapped);

describe('the digits of numbers that a double does not keep', () => {
  it.each([
    ['identify', `{"traits":{"a":${LONG},"b":[${PRICE}]}}`, `"attributes":{"a":${LONG},"b":[${PRICE}]}`],
    ['track', `{"event":"x","properties":{"a":${LONG}}}`, `"attributes":{"a":${LONG}}`],
    [
      'group',
      `{"groupId":"g","traits":{"objectTypeId":${LONG},"a":${PRICE}},"relationshipAttributes":{"n":${LONG}}}`,
      `"object_type_id":"${LONG}","object_id":"g"},"action":"identify","attributes":{"a":${PRICE}},"cio_relationships":[{"identifiers":{"id":"u1"},"relationship_attributes":{"n":${LONG}}}]`,
    ],
    ['metric', `{"delivery_id":"d","metric":"opened","recipient":${LONG}}`, `"recipient":${LONG}`],
    [
      'device',
      `{"action":"add_device","device":{"attributes":{"n":${LONG}}}}`,
      `{"attributes":{"n":${LONG}}}`,
    ],
  ])('are sent of a record of type %s', (type, payload, text) => {
    expect(sent(type, payload)).toContain(text);
  });

  it('count towards the size of an item', () => {
    const item = (digits: number) =>
      readItem(recordOf('track', `{"event":"x","properties":{"a":0.${'3'.repeat(digits)}}}`));
    const { bytes } = item(30) as Item;
    expect((item(1030) as Item).bytes).toBe(bytes + 1000);
    expect(item(32_000)).toMatchObject({ code: 'item_too_large' });
  });

  it.each([
    ['identify', `{"traits":${LONG}}`, 'payload.traits must be an object'],
    ['track', `{"event":${LONG}}`, 'payload.event must be a string that is not empty'],
    ['track', LONG, 'payload must be an object'],
    [
      'track',
      '{"event":"x","properties":{"a":[1e400]}}',
      'payload.properties.a.0 must be a number between -1.8e308 and 1.8e308',
    ],
  ])('do not make a %s of %s', (type, payload, message) => {
    expect(readItem(recordOf(type, payload))).toEqual({ kind: 'unsendable', code: 'schema', message });
  });
});
