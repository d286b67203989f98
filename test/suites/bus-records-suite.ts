import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { partitionOf } from '../../app/kafka/murmur2.ts';
import type { OutgoingRecord } from '../../app/kafka/port.ts';
import { batchBytes, STOCK_MAX_MESSAGE_BYTES } from '../../app/kafka/record-size.ts';
import { type BusWorld, numbered, PARTITIONS, readAll, rejectionOf, valuesOf } from './bus-world.ts';

/** What becomes of records between send and listener. */
export function busRecordsSuite({ withTopics }: BusWorld): void {
  test('keeps the order of a key over several sends', async () => {
    const { bus, first, group } = await withTopics();
    for (let round = 0; round < 5; round += 1) {
      await bus.send(numbered(first, round * 40, round * 40 + 40));
    }
    const { recorder } = await readAll(bus, group, [first], 200);
    const byKey = Map.groupBy(recorder.heard, ({ key }) => key);
    expect(byKey.size).toBe(7);
    for (const records of byKey.values()) {
      const values = records.map(({ value }) => Number(value?.toString()));
      expect(values).toEqual(values.toSorted((left, right) => left - right));
    }
    expect(new Set(recorder.values)).toEqual(new Set(valuesOf(numbered(first, 0, 200))));
  });

  test('tells records in offset order, without gaps, with append time and the end of the partition', async () => {
    const { bus, first, second, group } = await withTopics();
    const before = Date.now();
    const sent = [...numbered(first, 0, 1500), ...numbered(second, 1500, 1600)];
    await bus.send(sent);
    const after = Date.now();
    const { recorder } = await readAll(bus, group, [first, second], 1600);
    expect(recorder.breaches).toEqual([]);
    expect(recorder.heard).toHaveLength(1600);
    for (const { timestamp } of recorder.heard) {
      expect(timestamp).toBeGreaterThanOrEqual(before - 1);
      expect(timestamp).toBeLessThanOrEqual(after + 1);
    }
    const ends = [...(await bus.endOffsets(first)), ...(await bus.endOffsets(second))];
    expect(ends).toHaveLength(2 * PARTITIONS);
    expect(ends.reduce((sum, { offset }) => sum + offset, 0)).toBe(1600);
    const watermarks = new Set(recorder.watermarks);
    for (const { offset } of ends.filter((end) => end.offset > 0)) expect(watermarks).toContain(offset);
  });

  test('puts a key into the same partition of both topics, the one murmur2 says', async () => {
    const { bus, first, second, group } = await withTopics();
    const keys = ['', 'a', 'person-1', 'ключ', '😀', ...Array.from({ length: 40 }, () => randomUUID())];
    await bus.send(keys.flatMap((key) => [first, second].map((topic) => ({ topic, key, value: 'x' }))));
    const { recorder } = await readAll(bus, group, [first, second], keys.length * 2);
    const placed = Map.groupBy(recorder.heard, ({ key }) => key);
    expect(new Set(placed.keys())).toEqual(new Set(keys));
    for (const key of keys) {
      const partitions = placed.get(key)?.map(({ partition }) => partition);
      expect(partitions).toEqual([partitionOf(key, PARTITIONS), partitionOf(key, PARTITIONS)]);
    }
  });

  test('carries keys, bytes, headers and tombstones as they are', async () => {
    const { bus, first, group } = await withTopics(1);
    const bytes = Buffer.from([0, 1, 127, 128, 255, 10]);
    const offset = Buffer.alloc(8);
    offset.writeBigInt64BE(2n ** 62n);
    await bus.send([
      {
        topic: first,
        key: 'a',
        value: bytes,
        headers: { 'cio-round': 'x:1', raw: bytes, empty: '', offset },
      },
      { topic: first, key: 'a', value: null, headers: { text: 'Grüße' } },
      { topic: first, key: null, value: '' },
      { topic: first, key: null, value: null },
    ]);
    const { recorder } = await readAll(bus, group, [first], 4);
    const plain = recorder.heard.map(({ key, value, headers }) => ({ key, value, headers }));
    expect(plain).toEqual([
      {
        key: 'a',
        value: bytes,
        headers: { 'cio-round': Buffer.from('x:1'), raw: bytes, empty: Buffer.alloc(0), offset },
      },
      { key: 'a', value: null, headers: { text: Buffer.from('Grüße') } },
      { key: null, value: Buffer.alloc(0), headers: {} },
      { key: null, value: null, headers: {} },
    ]);
  });

  test('spreads records without a key over the partitions', async () => {
    const { bus, first } = await withTopics();
    await bus.send(Array.from({ length: 40 }, () => ({ topic: first, key: null, value: 'x' })));
    const ends = await bus.endOffsets(first);
    expect(ends.map(({ offset }) => offset)).toEqual([10, 10, 10, 10]);
  });

  test('refuses a record that is one byte too large and writes nothing of its list', async () => {
    const { bus, first } = await withTopics(1);
    const empty = batchBytes({ topic: first, key: 'a', value: Buffer.alloc(1_000_000) }) - 1_000_000;
    const record = (batch: number): OutgoingRecord => ({
      topic: first,
      key: 'a',
      value: Buffer.alloc(batch - empty, 1),
    });
    expect(batchBytes(record(STOCK_MAX_MESSAGE_BYTES))).toBe(STOCK_MAX_MESSAGE_BYTES);
    const refused = bus.send([{ topic: first, key: 'b', value: 'x' }, record(STOCK_MAX_MESSAGE_BYTES + 1)]);
    expect(await rejectionOf(refused)).toMatchObject({ code: 'message_too_large', retryable: false });
    expect(await bus.endOffsets(first)).toEqual([{ topic: first, partition: 0, offset: 0 }]);
    await bus.send([record(STOCK_MAX_MESSAGE_BYTES)]);
    expect(await bus.endOffsets(first)).toEqual([{ topic: first, partition: 0, offset: 1 }]);
  });

  test('takes a list that is larger than the largest record, in order', async () => {
    const { bus, first, second, group } = await withTopics(1);
    const large = 'x'.repeat(200_000);
    const sent = Array.from({ length: 20 }, (_, index) => ({
      topic: index % 2 === 0 ? first : second,
      key: 'a',
      value: `${String(index).padStart(2, '0')}${large}`,
    }));
    await bus.send(sent);
    const { recorder } = await readAll(bus, group, [first, second], 20);
    const numbersOf = (topic: string) =>
      recorder.heard
        .filter((record) => record.topic === topic)
        .map(({ value }) => Number(value?.toString('utf8', 0, 2)));
    expect(numbersOf(first)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
    expect(numbersOf(second)).toEqual([1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
  });
}
