import { setTimeout as delay } from 'node:timers/promises';
import type { BusListener, BusRecord, TopicPartition } from '../../app/kafka/port.ts';

/** Who owns which partition now, over all members of a test. */
export class Ownership {
  readonly #owners = new Map<string, KafkaRecorder>();
  /** Partitions that were given to a member while another had them. */
  readonly conflicts: string[] = [];

  take(owner: KafkaRecorder, partitions: readonly TopicPartition[]): void {
    for (const { topic, partition } of partitions) {
      const name = `${topic}/${partition}`;
      if (this.#owners.has(name)) this.conflicts.push(name);
      this.#owners.set(name, owner);
    }
  }

  release(owner: KafkaRecorder): void {
    for (const [name, other] of this.#owners) if (other === owner) this.#owners.delete(name);
  }
}

/** A listener that writes down what it hears and whether the port's rules were kept. */
export class KafkaRecorder implements BusListener {
  readonly heard: BusRecord[] = [];
  readonly watermarks: number[] = [];
  readonly ended: number[] = [];
  /** Breaches of the port's rules: gaps, records outside a generation, generations that do not rise. */
  readonly breaches: string[] = [];
  readonly #ownership: Ownership;
  readonly #next = new Map<string, number>();
  readonly #onRecords: (generation: number, records: readonly BusRecord[]) => void;
  #last = 0;
  generation: number | undefined;
  assignment: readonly TopicPartition[] = [];

  constructor(
    options: {
      readonly ownership?: Ownership;
      readonly onRecords?: (generation: number, records: readonly BusRecord[]) => void;
    } = {},
  ) {
    this.#ownership = options.ownership ?? new Ownership();
    this.#onRecords = options.onRecords ?? (() => undefined);
  }

  joined(generation: number, assignment: readonly TopicPartition[]): void {
    if (this.generation !== undefined) this.breaches.push(`joined ${generation} within ${this.generation}`);
    if (generation <= this.#last) this.breaches.push(`generation ${generation} after ${this.#last}`);
    this.#last = generation;
    this.generation = generation;
    this.assignment = assignment;
    this.#next.clear();
    this.#ownership.take(this, assignment);
  }

  records(generation: number, records: readonly BusRecord[], highWatermark: number): void {
    if (generation !== this.generation) this.breaches.push(`records of ${generation} in ${this.generation}`);
    if (records.length === 0) this.breaches.push('an empty batch');
    for (const { topic, partition, offset } of records) {
      const name = `${topic}/${partition}`;
      const expected = this.#next.get(name) ?? offset;
      if (offset !== expected) this.breaches.push(`${name}: ${offset} instead of ${expected}`);
      if (offset >= highWatermark) this.breaches.push(`${name}: ${offset} past the end ${highWatermark}`);
      this.#next.set(name, offset + 1);
    }
    this.heard.push(...records);
    this.watermarks.push(highWatermark);
    this.#onRecords(generation, records);
  }

  revoked(generation: number): void {
    if (generation !== this.generation) this.breaches.push(`revoked ${generation} in ${this.generation}`);
    this.ended.push(generation);
    this.generation = undefined;
    this.assignment = [];
    this.#ownership.release(this);
  }

  get values(): readonly string[] {
    return this.heard.map(({ value }) => value?.toString() ?? 'null');
  }
}

/** Waits until `condition` holds. @throws Error with `what` after `milliseconds` */
export async function until(what: string, condition: () => boolean, milliseconds = 30_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`not within ${milliseconds} ms: ${what}`);
    await delay(10);
  }
}
