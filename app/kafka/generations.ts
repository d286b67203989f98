import type { BusListener, BusRecord, TopicPartition } from './port.ts';

const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/**
 * A member's generations, counted by itself, and which partitions are paused in the current one. It tells the listener;
 * what a handler throws is a fault of the program and ends it, instead of making kafkajs join again for ever.
 */
export class Generations {
  readonly #listener: BusListener;
  readonly #paused = new Set<string>();
  #last = 0;
  #current: number | undefined;

  constructor(listener: BusListener) {
    this.#listener = listener;
  }

  begin(assignment: readonly TopicPartition[]): void {
    this.end();
    this.#last += 1;
    const generation = this.#last;
    this.#current = generation;
    this.#tell(() => this.#listener.joined(generation, assignment));
  }

  end(): void {
    const generation = this.#current;
    this.#current = undefined;
    this.#paused.clear();
    if (generation !== undefined) this.#tell(() => this.#listener.revoked(generation));
  }

  isCurrent(generation: number): boolean {
    return this.#current === generation;
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#paused.add(nameOf(partition));
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#paused.delete(nameOf(partition));
  }

  /** Whether records of `partition` may be handed over now. */
  takes(partition: TopicPartition): boolean {
    return this.#current !== undefined && !this.#paused.has(nameOf(partition));
  }

  deliver(records: readonly BusRecord[], highWatermark: number): void {
    const generation = this.#current;
    if (generation === undefined) return;
    this.#tell(() => this.#listener.records(generation, records, highWatermark));
  }

  #tell(handler: () => void): void {
    try {
      handler();
    } catch (fault) {
      process.nextTick(() => {
        throw fault;
      });
    }
  }
}
