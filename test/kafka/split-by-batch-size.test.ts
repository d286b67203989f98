import { expect, test } from '@jest/globals';
import { batchBytes } from '../../app/kafka/record-size.ts';
import { splitByBatchSize } from '../../app/kafka/split-by-batch-size.ts';

const record = (topic: string, bytes: number) => ({ topic, key: 'a', value: Buffer.alloc(bytes) });

test('a list that fits stays one part', () => {
  const records = [record('x', 400), record('y', 400), record('x', 400)];
  expect(splitByBatchSize(records, () => 1_000)).toEqual([records]);
  expect(splitByBatchSize([], () => 1_000)).toEqual([]);
});

test('the parts keep the order, and no part exceeds the limit of a topic', () => {
  const records = Array.from({ length: 50 }, (_, index) => record(index % 3 === 0 ? 'x' : 'y', index * 10));
  const limits: Record<string, number> = { x: 700, y: 1_200 };
  const parts = splitByBatchSize(records, (topic) => limits[topic] ?? 0);
  expect(parts.flat()).toEqual(records);
  expect(parts.length).toBeGreaterThan(5);
  for (const [topic, limit] of Object.entries(limits)) {
    for (const part of parts) {
      const value = part
        .filter((each) => each.topic === topic)
        .reduce((sum, each) => sum + (each.value?.length ?? 0), 0);
      expect(value).toBeLessThan(limit);
    }
  }
});

test('a record of exactly the limit goes by itself', () => {
  const largest = record('x', 500);
  const parts = splitByBatchSize([record('x', 1), largest, record('x', 1)], () => batchBytes(largest));
  expect(parts.map((part) => part.length)).toEqual([1, 1, 1]);
});
