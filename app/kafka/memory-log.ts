import type { TopicSettings } from '../contract/topics.ts';
import { type GroupLog, MemoryGroup } from './memory-group.ts';
import { MemoryPartition } from './memory-partition.ts';
import { partitionOf } from './murmur2.ts';
import type { OutgoingRecord, Position } from './port.ts';

const MEGABYTE = 1024 * 1024;

/** How a log in memory is bounded, and its clock. */
export interface MemoryLogOptions {
  /**
   * Bytes that a topic without any consumer group keeps, the newest records first.
   * @default 16 MB for `….processed`, 64 MB for `….dlq`, 256 MB for any other, which its group has yet to join
   */
  readonly retainBytes?: (topic: string) => number;
  /**
   * Bytes of records that every group has committed which a topic keeps all the same, for readers, the newest first.
   * @default 0
   */
  readonly keepSettledBytes?: number;
  /** @default Date.now */
  readonly now?: () => number;
}

/** A topic in memory. */
export interface MemoryTopic {
  readonly settings: TopicSettings;
  readonly partitions: readonly MemoryPartition[];
}

const defaultRetainBytes = (topic: string): number => {
  if (topic.endsWith('.processed')) return 16 * MEGABYTE;
  return (topic.endsWith('.dlq') ? 64 : 256) * MEGABYTE;
};

/**
 * A broker in memory: topics, groups and committed positions. Several buses may share one. A record is forgotten when
 * every group of its topic has committed it and it is not kept for readers; a topic without a group keeps its newest records.
 */
export class MemoryLog implements GroupLog {
  readonly topics = new Map<string, MemoryTopic>();
  readonly groups = new Map<string, MemoryGroup>();
  readonly #retainBytes: (topic: string) => number;
  readonly #keepSettledBytes: number;
  readonly #now: () => number;
  #available = true;
  #nextPartition = 0;

  constructor(options: MemoryLogOptions = {}) {
    this.#retainBytes = options.retainBytes ?? defaultRetainBytes;
    this.#keepSettledBytes = options.keepSettledBytes ?? 0;
    this.#now = options.now ?? Date.now;
  }

  available(): boolean {
    return this.#available;
  }

  setAvailable(available: boolean): void {
    if (this.#available === available) return;
    this.#available = available;
    // As after a real broker's restart: members find their way back in a new generation.
    if (available) for (const group of this.groups.values()) group.rebalance();
  }

  /** How many records a group has yet to commit; where no group reads the topic, how many it holds. */
  waiting(topic: string): number {
    const groups = this.#groupsOf(topic);
    return this.partitionsOf(topic).reduce((sum, { partition, start, end }) => {
      const settled = groups.map((group) => group.committed(topic, partition) ?? start);
      return sum + end - Math.max(start, settled.length > 0 ? Math.min(...settled) : start);
    }, 0);
  }

  partitionsOf(topic: string): readonly MemoryPartition[] {
    return this.topics.get(topic)?.partitions ?? [];
  }

  /** @param starts the first offset of each partition; as many partitions are made */
  createTopic(settings: TopicSettings, starts: readonly number[]): void {
    const partitions = starts.map((start, index) => new MemoryPartition(settings.name, index, start));
    this.topics.set(settings.name, { settings, partitions });
    for (const group of this.#groupsOf(settings.name)) group.rebalance();
  }

  group(name: string): MemoryGroup {
    const group = this.groups.get(name) ?? new MemoryGroup(name, this);
    this.groups.set(name, group);
    return group;
  }

  /** Drops a group that is dead, so that it holds no record back any more. */
  forget(group: MemoryGroup): void {
    if (group.isDead) this.groups.delete(group.name);
  }

  append(records: readonly OutgoingRecord[]): void {
    const timestamp = this.#now();
    const touched = new Set<string>();
    for (const record of records) {
      this.#partitionFor(record)?.append(record, timestamp);
      touched.add(record.topic);
    }
    for (const topic of touched) {
      const groups = this.#groupsOf(topic);
      for (const group of groups) group.wake();
      if (groups.length === 0) this.#keepNewest(topic);
    }
  }

  commit(group: MemoryGroup, positions: readonly Position[]): void {
    group.commit(positions);
    for (const { topic, partition } of positions) this.#trim(topic, partition);
  }

  #partitionFor({ topic, key }: OutgoingRecord): MemoryPartition | undefined {
    const partitions = this.partitionsOf(topic);
    if (key !== null) return partitions[partitionOf(key, partitions.length)];
    this.#nextPartition += 1;
    return partitions[this.#nextPartition % partitions.length];
  }

  #groupsOf(topic: string): readonly MemoryGroup[] {
    return [...this.groups.values()].filter((group) => group.topics.has(topic));
  }

  #trim(topic: string, partition: number): void {
    const partitions = this.partitionsOf(topic);
    const settled = this.#groupsOf(topic).map((group) => group.committed(topic, partition) ?? 0);
    if (settled.length === 0) return;
    partitions[partition]?.settle(Math.min(...settled), this.#keepSettledBytes / partitions.length);
  }

  #keepNewest(topic: string): void {
    const partitions = this.partitionsOf(topic);
    const limit = this.#retainBytes(topic);
    let bytes = partitions.reduce((sum, partition) => sum + partition.bytes, 0);
    while (bytes > limit) {
      const held = partitions.filter(({ oldest }) => oldest !== undefined);
      const oldest = held.toSorted((a, b) => (a.oldest?.timestamp ?? 0) - (b.oldest?.timestamp ?? 0))[0];
      if (oldest === undefined) return;
      bytes -= oldest.bytes;
      oldest.trim(oldest.start + 1);
      bytes += oldest.bytes;
    }
  }
}
