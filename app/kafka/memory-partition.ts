import type { BusRecord, OutgoingRecord, Position } from './port.ts';

/** Bytes counted for a record besides its key, value and headers: objects and array slots. */
const RECORD_OVERHEAD_BYTES = 200;
const COMPACT_AFTER = 1024;

const toBuffer = (value: Buffer | string): Buffer =>
  typeof value === 'string' ? Buffer.from(value) : Buffer.from(value);

const sizeOf = ({ key, value, headers }: BusRecord): number => {
  let bytes = RECORD_OVERHEAD_BYTES + Buffer.byteLength(key ?? '') + (value?.length ?? 0);
  for (const [name, header] of Object.entries(headers)) bytes += name.length + header.length;
  return bytes;
};

/** One partition of a topic, held in memory: records with consecutive offsets, the oldest of which may be gone. */
export class MemoryPartition {
  readonly topic: string;
  readonly partition: number;
  #records: BusRecord[] = [];
  #gone = 0;
  #start: number;
  #bytes = 0;
  /** Records before it are settled: kept for readers only. */
  #settled: number;
  #settledBytes = 0;

  /** @param start the offset of the first record to come */
  constructor(topic: string, partition: number, start = 0) {
    this.topic = topic;
    this.partition = partition;
    this.#start = start;
    this.#settled = start;
  }

  /** The offset of the oldest record still held, or of the next one where there is none. */
  get start(): number {
    return this.#start;
  }

  /** One past the last record. */
  get end(): number {
    return this.#start + this.#records.length - this.#gone;
  }

  /** About how much memory the records take. */
  get bytes(): number {
    return this.#bytes;
  }

  get position(): Position {
    return { topic: this.topic, partition: this.partition, offset: this.end };
  }

  /** The first record that was appended at `time` or later, else the end. */
  positionAt(time: number): Position {
    const held = this.#records.findIndex(({ timestamp }, index) => index >= this.#gone && timestamp >= time);
    const { topic, partition, end } = this;
    return { topic, partition, offset: held < 0 ? end : this.#start + held - this.#gone };
  }

  get oldest(): BusRecord | undefined {
    return this.#records[this.#gone];
  }

  /** @param timestamp the append time, milliseconds since 1970 */
  append(record: OutgoingRecord, timestamp: number): void {
    const headers = Object.entries(record.headers ?? {}).map(
      ([name, value]) => [name, toBuffer(value)] as const,
    );
    const stored: BusRecord = {
      topic: this.topic,
      partition: this.partition,
      offset: this.end,
      key: record.key,
      value: record.value === null ? null : toBuffer(record.value),
      headers: Object.fromEntries(headers),
      timestamp,
    };
    this.#bytes += sizeOf(stored);
    this.#records.push(stored);
  }

  /** Up to `limit` records from `offset` on; `offset` is not before {@link start}. */
  read(offset: number, limit: number): readonly BusRecord[] {
    const first = this.#gone + offset - this.#start;
    return this.#records.slice(first, first + limit);
  }

  /** Forgets every record before `offset`. */
  trim(offset: number): void {
    const upTo = Math.min(offset, this.end);
    while (this.#start < upTo) this.#forgetOldest();
    this.#compact();
  }

  /** Takes every record before `offset` as settled and forgets the oldest of them, until `keepBytes` or less are left. */
  settle(offset: number, keepBytes: number): void {
    if (keepBytes === 0) return this.trim(offset);
    for (const record of this.read(this.#settled, Math.min(offset, this.end) - this.#settled)) {
      this.#settledBytes += sizeOf(record);
      this.#settled += 1;
    }
    while (this.#settledBytes > keepBytes) this.#forgetOldest();
    this.#compact();
  }

  #forgetOldest(): void {
    const record = this.#records[this.#gone];
    const bytes = record === undefined ? 0 : sizeOf(record);
    this.#bytes -= bytes;
    if (this.#start < this.#settled) this.#settledBytes -= bytes;
    this.#gone += 1;
    this.#start += 1;
    this.#settled = Math.max(this.#settled, this.#start);
  }

  #compact(): void {
    if (this.#gone > COMPACT_AFTER && this.#gone * 2 > this.#records.length) {
      this.#records = this.#records.slice(this.#gone);
      this.#gone = 0;
    }
  }
}
