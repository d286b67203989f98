import { expect, test } from '@jest/globals';
import { murmur2, partitionOf } from '../../app/kafka/murmur2.ts';

/** The vectors of Kafka's own org.apache.kafka.common.utils.UtilsTest. */
test.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('hashes %s as the Java client does', (key, hash) => {
  expect(murmur2(key)).toBe(hash);
  expect(murmur2(Buffer.from(key))).toBe(hash);
});

test('makes a partition of a negative hash by clearing its sign, as the Java client does', () => {
  expect(partitionOf('21', 6)).toBe((-973932308 & 0x7fffffff) % 6);
  expect(partitionOf('ключ', 1)).toBe(0);
});
