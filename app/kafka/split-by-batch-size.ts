import type { OutgoingRecord } from './port.ts';
import { BATCH_HEADER_BYTES, shareOfBatchBytes } from './record-size.ts';

/**
 * Splits a list so that no part can make a record batch larger than the broker takes: kafkajs puts all records that a
 * call sends to one partition into one batch, and `max.message.bytes` is the limit of a batch. Nearly always one part.
 *
 * @param records none of them too large by itself
 * @param limitOf the largest record batch of a topic, in bytes
 * @returns the parts, to be sent one after the other
 */
export function splitByBatchSize(
  records: readonly OutgoingRecord[],
  limitOf: (topic: string) => number,
): readonly (readonly OutgoingRecord[])[] {
  const parts: OutgoingRecord[][] = [];
  let part: OutgoingRecord[] = [];
  let bytes = new Map<string, number>();
  for (const record of records) {
    const share = shareOfBatchBytes(record);
    const sum = bytes.get(record.topic) ?? BATCH_HEADER_BYTES;
    if (part.length > 0 && sum + share > limitOf(record.topic)) {
      parts.push(part);
      part = [];
      bytes = new Map();
    }
    bytes.set(record.topic, (bytes.get(record.topic) ?? BATCH_HEADER_BYTES) + share);
    part.push(record);
  }
  return part.length === 0 ? parts : [...parts, part];
}
