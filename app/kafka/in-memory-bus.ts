import { randomUUID } from 'node:crypto';
import { LOCAL_PARTITIONS, type TopicSettings } from '../contract/topics.ts';
import { MemoryLog, type MemoryLogOptions } from './memory-log.ts';
import { MemoryMember } from './memory-member.ts';
import { readSnapshot, writeSnapshot } from './memory-snapshot.ts';
import {
  type Bus,
  BusError,
  type BusListener,
  type BusSubscription,
  type OutgoingRecord,
  type Position,
  type SubscribeOptions,
} from './port.ts';
import { batchBytes, STOCK_MAX_MESSAGE_BYTES } from './record-size.ts';
import { checkTopics, type FoundTopic, REQUIRED_SETTINGS } from './topic-check.ts';

/** Options of {@link InMemoryBus}; none is needed. */
export interface InMemoryBusOptions extends MemoryLogOptions {
  /**
   * The largest record, in bytes of a record batch that holds it alone.
   * @default 1,048,588: a stock broker's `max.message.bytes`
   */
  readonly maxMessageBytes?: number;
  /**
   * The log to read and write, to have several buses on one; `retainBytes` and `now` are then those of the log.
   * @default a new one
   */
  readonly log?: MemoryLog;
}

/**
 * A {@link Bus} without a broker, for `npm start` and tests: partitions, groups, generations, redelivery and refusals as
 * Kafka has them. Delivery is asynchronous, within about a millisecond, and holds no timer.
 *
 * @example
 * const bus = new InMemoryBus();
 * await bus.ensureTopics(Object.values(TOPICS), 'create');
 * await bus.send([{ topic: TOPICS.track.name, key: 'u-1', value: '{}' }]);
 */
export class InMemoryBus implements Bus {
  readonly #log: MemoryLog;
  readonly #maxMessageBytes: number;
  readonly #subscriptions = new Set<BusSubscription>();
  #closed = false;

  constructor(options: InMemoryBusOptions = {}) {
    this.#log = options.log ?? new MemoryLog(options);
    this.#maxMessageBytes = options.maxMessageBytes ?? STOCK_MAX_MESSAGE_BYTES;
  }

  /** Bytes of all records that are held. */
  get heldBytes(): number {
    const partitions = [...this.#log.topics.values()].flatMap((topic) => topic.partitions);
    return partitions.reduce((sum, partition) => sum + partition.bytes, 0);
  }

  /** How many records of a topic a group has yet to commit; where no group reads it, how many it holds. Also after {@link close}. */
  waiting(topic: string): number {
    return this.#log.waiting(topic);
  }

  async connect(): Promise<void> {
    this.#reach();
  }

  async ensureTopics(
    topics: readonly TopicSettings[],
    mode: 'create' | 'verify',
    partitions: number = LOCAL_PARTITIONS,
  ): Promise<void> {
    this.#reach();
    const missing = topics.filter(({ name }) => !this.#log.topics.has(name));
    if (mode === 'create') {
      for (const topic of missing) this.#log.createTopic(topic, new Array(partitions).fill(0));
    }
    const found = [...this.#log.topics].map(([name, topic]): [string, FoundTopic] => [
      name,
      { partitions: topic.partitions.length, settings: REQUIRED_SETTINGS },
    ]);
    checkTopics(topics, new Map(found));
  }

  async send(records: readonly OutgoingRecord[]): Promise<void> {
    this.#reach();
    for (const record of records) this.#checkRecord(record);
    this.#log.append(records);
  }

  async subscribe(options: SubscribeOptions, listener: BusListener): Promise<BusSubscription> {
    this.#reachable();
    const log = this.#log;
    const group = log.group(options.group);
    const member = new MemoryMember(randomUUID(), options, listener, () => log.available());
    const subscription: BusSubscription = {
      commit: async (generation, positions) => {
        if (!member.isIn(generation)) return false;
        this.#reach();
        log.commit(group, positions);
        return true;
      },
      pause: (partitions) => member.pause(partitions),
      resume: (partitions) => member.resume(partitions),
      stop: async () => {
        if (!this.#subscriptions.delete(subscription)) return;
        group.leave(member);
        if (options.from !== undefined) log.forget(group);
      },
    };
    this.#subscriptions.add(subscription);
    group.join(member);
    return subscription;
  }

  async endOffsets(topic: string): Promise<readonly Position[]> {
    this.#reach();
    this.#checkTopic(topic);
    return this.#log.partitionsOf(topic).map(({ position }) => position);
  }

  async offsetsAt(topic: string, time: number): Promise<readonly Position[]> {
    this.#reach();
    this.#checkTopic(topic);
    return this.#log.partitionsOf(topic).map((partition) => partition.positionAt(time));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.stop()));
  }

  /** Takes the broker away (every call rejects with `unavailable`, consumers hear nothing) or brings it back. */
  setAvailable(available: boolean): void {
    this.#log.setAvailable(available);
  }

  /** Everything still held, as JSON lines: what {@link restore} takes. Also after {@link close}. */
  snapshot(): string {
    return writeSnapshot(this.#log);
  }

  /**
   * Takes up what {@link snapshot} wrote, with the same offsets, append times and committed positions. To be called
   * first, before topics are made and groups joined.
   *
   * @throws Error when something is held already, or the text is damaged: says in which line
   */
  restore(text: string): void {
    readSnapshot(this.#log, text);
  }

  #reachable(): void {
    if (this.#closed) throw new BusError('unavailable', 'the bus is closed');
  }

  #reach(): void {
    this.#reachable();
    if (!this.#log.available()) throw new BusError('unavailable', 'the in-memory broker is away');
  }

  #checkTopic(topic: string): void {
    if (!this.#log.topics.has(topic)) throw new BusError('unavailable', `no topic ${topic}`);
  }

  #checkRecord(record: OutgoingRecord): void {
    this.#checkTopic(record.topic);
    const bytes = batchBytes(record);
    if (bytes <= this.#maxMessageBytes) return;
    throw new BusError(
      'message_too_large',
      `a record of ${bytes} bytes for ${record.topic}, the most is ${this.#maxMessageBytes}`,
    );
  }
}
