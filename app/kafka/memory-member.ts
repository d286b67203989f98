import { setImmediate } from 'node:timers';
import type { MemoryPartition } from './memory-partition.ts';
import type { BusListener, SubscribeOptions, TopicPartition } from './port.ts';

const BATCH_RECORDS = 500;

/** A partition that a member owns and the next offset to hand over. */
export interface Cursor {
  readonly log: MemoryPartition;
  next: number;
}

const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/** One member of a group in memory: its generation, its partitions, and what was handed over of each. */
export class MemoryMember {
  readonly id: string;
  readonly topics: readonly string[];
  readonly #from: ReadonlyMap<string, number>;
  readonly #listener: BusListener;
  readonly #available: () => boolean;
  readonly #cursors = new Map<string, Cursor>();
  readonly #paused = new Set<string>();
  #generation: number | undefined;
  #scheduled = false;

  constructor(id: string, options: SubscribeOptions, listener: BusListener, available: () => boolean) {
    this.id = id;
    this.topics = options.topics;
    this.#from = new Map(options.from?.map((position) => [nameOf(position), position.offset]));
    this.#listener = listener;
    this.#available = available;
  }

  /** Starts a generation: nothing of an older one is left, pauses included. */
  begin(generation: number, cursors: readonly Cursor[]): void {
    this.#generation = generation;
    for (const cursor of cursors) this.#cursors.set(nameOf(cursor.log), cursor);
    this.#listener.joined(
      generation,
      cursors.map(({ log }) => ({ topic: log.topic, partition: log.partition })),
    );
    this.wake();
  }

  /** Ends the generation, if there is one. */
  end(): void {
    const generation = this.#generation;
    this.#generation = undefined;
    this.#cursors.clear();
    this.#paused.clear();
    if (generation !== undefined) this.#listener.revoked(generation);
  }

  /** Where it starts a partition, whatever its group has committed; undefined where it follows the group. */
  startOf(partition: TopicPartition): number | undefined {
    return this.#from.get(nameOf(partition));
  }

  isIn(generation: number): boolean {
    return this.#generation === generation;
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#paused.add(nameOf(partition));
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#paused.delete(nameOf(partition));
    this.wake();
  }

  /** Hands over what there is, never within the caller's own turn. */
  wake(): void {
    if (this.#scheduled || this.#generation === undefined) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    const generation = this.#generation;
    if (generation === undefined || !this.#available()) return;
    for (const [name, cursor] of [...this.#cursors]) {
      // A handler may pause, stop or throw: each batch is counted as handed over before the call.
      if (this.#generation !== generation) return;
      if (this.#paused.has(name)) continue;
      cursor.next = Math.max(cursor.next, cursor.log.start);
      const records = cursor.log.read(cursor.next, BATCH_RECORDS);
      if (records.length === 0) continue;
      cursor.next += records.length;
      if (cursor.next < cursor.log.end) this.wake();
      this.#listener.records(generation, records, cursor.log.end);
    }
  }
}
