import type { TopicSettings } from '../contract/topics.ts';

/** One partition of one topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A record to be written. A `null` value is a tombstone; a `null` key goes to any partition. */
export interface OutgoingRecord {
  readonly topic: string;
  readonly key: string | null;
  readonly value: Buffer | string | null;
  readonly headers?: Readonly<Record<string, Buffer | string>>;
}

/** A record as it was read. `timestamp` is the broker's append time in milliseconds since 1970. */
export interface BusRecord extends TopicPartition {
  readonly offset: number;
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer>>;
  readonly timestamp: number;
}

/** The next offset to read of one partition, as Kafka counts: one past the last settled record. */
export interface Position extends TopicPartition {
  readonly offset: number;
}

/** How a subscription hears of its group. Handlers only take note and return: a thrown error is a fault of the program. */
export interface BusListener {
  /** A new generation began; whatever an older one left behind is void. */
  joined(generation: number, assignment: readonly TopicPartition[]): void;
  /** Records of one partition, in offset order, with the partition's known end (one past its last record). */
  records(generation: number, records: readonly BusRecord[], highWatermark: number): void;
  /** The generation ended (rebalance, lost session, stop): its results no longer count. */
  revoked(generation: number): void;
}

/** What a member subscribes to. */
export interface SubscribeOptions {
  readonly group: string;
  readonly topics: readonly string[];
  /**
   * For a reader in a group of its own that commits nothing: every generation starts here instead, in the partitions that are
   * named. Such a group is forgotten with its last member, and then holds no record back.
   */
  readonly from?: readonly Position[];
}

/** A member of a consumer group. Positions are never committed by themselves. */
export interface BusSubscription {
  /** Commits for `generation`; resolves false, and commits nothing, when that generation is over. */
  commit(generation: number, positions: readonly Position[]): Promise<boolean>;
  /** Stops fetching these partitions; records already handed over stay valid. */
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  /** Leaves the group. Commits nothing. */
  stop(): Promise<void>;
}

/**
 * What the platform asks of a log of records. Two adapters keep it: in memory and kafkajs; both pass one conformance suite.
 * Errors are always {@link BusError}.
 */
export interface Bus {
  connect(): Promise<void>;
  /**
   * `create` makes what is missing with `partitions` partitions; `verify` only looks. Both end with the same check: every
   * topic exists, co-partitioned topics have equal partition counts, LogAppendTime, cleanup.policy=delete.
   * @throws BusError `topics_wrong`, all faults in one message.
   */
  ensureTopics(
    topics: readonly TopicSettings[],
    mode: 'create' | 'verify',
    partitions?: number,
  ): Promise<void>;
  /**
   * Resolves when every record is acknowledged by all in-sync replicas. Records of one topic and key keep the order of the
   * list. One call at a time is the caller's duty where order across calls matters.
   * @throws BusError `message_too_large` (never sent, not retryable), `unavailable` or `authentication_failed` (some may have
   * been written).
   */
  send(records: readonly OutgoingRecord[]): Promise<void>;
  /** Joins `group`, from the committed position or the beginning; see {@link SubscribeOptions}. */
  subscribe(options: SubscribeOptions, listener: BusListener): Promise<BusSubscription>;
  /** The end of each partition: one past its last record. */
  endOffsets(topic: string): Promise<readonly Position[]>;
  /**
   * Where a time begins in each partition: its first record that was appended then or later, or its end where there is none.
   *
   * @param time milliseconds since 1970
   */
  offsetsAt(topic: string, time: number): Promise<readonly Position[]>;
  close(): Promise<void>;
}

/**
 * Closed list of what can go wrong with the bus. `authentication_failed` may pass like `unavailable`: the credential is read
 * anew, and rotated by others.
 */
export type BusErrorCode = 'unavailable' | 'message_too_large' | 'topics_wrong' | 'authentication_failed';

/** A fault of the bus, told by `code`; `retryable` says whether the same call may succeed later. */
export class BusError extends Error {
  override readonly name = 'BusError';
  readonly code: BusErrorCode;

  constructor(code: BusErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  get retryable(): boolean {
    return this.code === 'unavailable' || this.code === 'authentication_failed';
  }
}
