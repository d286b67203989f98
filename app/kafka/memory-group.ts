import { setImmediate } from 'node:timers';
import { coPartitionedAssignment } from './co-partitioned-assignment.ts';
import type { MemoryMember } from './memory-member.ts';
import type { MemoryPartition } from './memory-partition.ts';
import type { Position } from './port.ts';

/** What a group needs to know of the log it reads. */
export interface GroupLog {
  available(): boolean;
  partitionsOf(topic: string): readonly MemoryPartition[];
}

/** A consumer group in memory: its members, its generation and what it committed. */
export class MemoryGroup {
  readonly name: string;
  /** Every topic that a member ever subscribed to: they keep their records for this group. */
  readonly topics = new Set<string>();
  readonly #log: GroupLog;
  readonly #committed = new Map<string, Map<number, number>>();
  #members: MemoryMember[] = [];
  #generation = 0;
  #scheduled = false;

  constructor(name: string, log: GroupLog) {
    this.name = name;
    this.#log = log;
  }

  /** Whether nothing depends on it: it has no member and committed nothing. */
  get isDead(): boolean {
    return this.#members.length === 0 && this.#committed.size === 0;
  }

  join(member: MemoryMember): void {
    for (const topic of member.topics) this.topics.add(topic);
    this.#members.push(member);
    this.rebalance();
  }

  leave(member: MemoryMember): void {
    this.#members = this.#members.filter((other) => other !== member);
    member.end();
    this.rebalance();
  }

  wake(): void {
    for (const member of this.#members) member.wake();
  }

  /** Gives the partitions out anew in a new generation, never within the caller's own turn. */
  rebalance(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#log.available()) this.#nextGeneration();
    });
  }

  /** The committed position of a partition: the next offset to read. */
  committed(topic: string, partition: number): number | undefined {
    return this.#committed.get(topic)?.get(partition);
  }

  committedPositions(): readonly Position[] {
    return [...this.#committed].flatMap(([topic, offsets]) =>
      [...offsets].map(([partition, offset]) => ({ topic, partition, offset })),
    );
  }

  commit(positions: readonly Position[]): void {
    for (const { topic, partition, offset } of positions) {
      const offsets = this.#committed.get(topic) ?? new Map<number, number>();
      this.#committed.set(topic, offsets.set(partition, offset));
    }
  }

  #nextGeneration(): void {
    for (const member of this.#members) member.end();
    this.#generation += 1;
    const assignment = coPartitionedAssignment(
      this.#members,
      (topic) => this.#log.partitionsOf(topic).length,
    );
    for (const member of [...this.#members]) {
      const cursors = (assignment.get(member.id) ?? []).flatMap(({ topic, partition }) => {
        const log = this.#log.partitionsOf(topic)[partition];
        const next = member.startOf({ topic, partition }) ?? this.committed(topic, partition);
        return log === undefined ? [] : [{ log, next: next ?? log.start }];
      });
      if (this.#members.includes(member)) member.begin(this.#generation, cursors);
    }
  }
}
