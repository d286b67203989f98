import type { OutgoingRecord } from './port.ts';

/** `max.message.bytes` of a broker nobody configured: 1 MiB and the batch's 12 bytes of log overhead. */
export const STOCK_MAX_MESSAGE_BYTES = 1_048_588;

/** Bytes of a record batch before its first record. */
export const BATCH_HEADER_BYTES = 61;
/** Attributes, timestamp delta and offset delta of a record in the first places of its batch. */
const RECORD_FIXED_BYTES = 3;
/** What a record's two deltas may take more, late in a large batch. */
const RECORD_DELTA_SLACK_BYTES = 8;

const varintBytes = (value: number): number => {
  let rest = value * 2;
  let bytes = 1;
  while (rest >= 0x80) {
    rest /= 0x80;
    bytes += 1;
  }
  return bytes;
};

const fieldBytes = (value: Buffer | string | null): number => {
  if (value === null) return 1;
  const bytes = typeof value === 'string' ? Buffer.byteLength(value) : value.length;
  return varintBytes(bytes) + bytes;
};

/**
 * Bytes of a record batch (format v2, not compressed) that holds `record` alone: what a broker compares with
 * `max.message.bytes`.
 *
 * @see https://kafka.apache.org/documentation/#recordbatch
 */
export function batchBytes(record: OutgoingRecord): number {
  const headers = Object.entries(record.headers ?? {});
  let body =
    RECORD_FIXED_BYTES + fieldBytes(record.key) + fieldBytes(record.value) + varintBytes(headers.length);
  for (const [name, value] of headers) body += fieldBytes(name) + fieldBytes(value);
  return BATCH_HEADER_BYTES + varintBytes(body) + body;
}

/** The most that `record` adds, in bytes, to a batch that it shares with others. */
export const shareOfBatchBytes = (record: OutgoingRecord): number =>
  batchBytes(record) - BATCH_HEADER_BYTES + RECORD_DELTA_SLACK_BYTES;
