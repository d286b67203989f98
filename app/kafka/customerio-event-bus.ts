import { setImmediate } from 'node:timers/promises';
import { LIMITS } from '../contract/limits.ts';
import { HEADERS } from '../contract/record.ts';
import type { TopicSettings } from '../contract/topics.ts';
import {
  type Bus,
  BusError,
  type BusListener,
  type BusSubscription,
  type OutgoingRecord,
  type Position,
} from './port.ts';
import { takeRound, type Waiting } from './take-round.ts';

/** Settings of a {@link CustomerIOEventBus}. */
export interface EventBusOptions {
  readonly bus: Bus;
  /** Names this producer in the header `cio-round`; unique per process. */
  readonly instance: string;
  /** How long a record may wait for its acknowledgement, in milliseconds. Default 8,000. */
  readonly waitMs?: number;
  /** Pause before a round that failed is written again, in milliseconds. Default 100. */
  readonly retryMs?: number;
  /** Hears of every failed round. */
  readonly onRetry?: (error: BusError) => void;
}

/** What a record's headers are reckoned at; the adapter splits by their exact size where that matters. */
const HEADER_BYTES = 100;

class Entry implements Waiting {
  readonly record: OutgoingRecord;
  readonly bytes: number;
  readonly #request: Request;
  done = false;

  constructor(record: OutgoingRecord, request: Request) {
    this.record = record;
    this.bytes = Buffer.byteLength(record.key ?? '') + Buffer.byteLength(record.value ?? '') + HEADER_BYTES;
    this.#request = request;
  }

  get live(): boolean {
    return !this.done && !this.#request.settled;
  }

  acknowledge(): void {
    this.done = true;
    this.#request.acknowledgeOne();
  }

  fail(error: BusError): void {
    this.#request.fail(error);
  }
}

/** One call of publish: settled when all its records are acknowledged, or once with an error. */
class Request {
  readonly promise: Promise<void>;
  readonly #resolve: () => void;
  readonly #reject: (error: BusError) => void;
  readonly #timer: NodeJS.Timeout;
  #left: number;
  settled = false;

  constructor(records: number, waitMs: number) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.promise = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#left = records;
    this.#timer = setTimeout(
      () => this.fail(new BusError('unavailable', `Kafka did not acknowledge within ${waitMs} ms`)),
      waitMs,
    );
  }

  acknowledgeOne(): void {
    this.#left -= 1;
    if (this.#left === 0) this.#settle(this.#resolve);
  }

  fail(error: BusError): void {
    this.#settle(() => this.#reject(error));
  }

  #settle(how: () => void): void {
    if (this.settled) return;
    this.settled = true;
    clearTimeout(this.#timer);
    how();
  }
}

/**
 * The event bus of the platform: writes in rounds, so that a person's records are appended in the order they were handed
 * over, also across topics; reads through consumer groups.
 *
 * One `send` is in flight over all topics; records that arrive meanwhile form the next round, and a person whose next record
 * goes to another topic waits for the round after. Each record carries the round in its header `cio-round`.
 *
 * @example
 * const bus = new CustomerIOEventBus({ bus: new InMemoryBus(), instance: 'a' });
 * await bus.publish([{ topic: 'customerio.track', key: 'u1', value: '{…}' }]);
 */
export class CustomerIOEventBus {
  readonly #bus: Bus;
  readonly #options: Required<EventBusOptions>;
  #waiting: Entry[] = [];
  #running: Promise<void> | undefined;
  #round = 0;
  #bytes = 0;

  constructor(options: EventBusOptions) {
    this.#bus = options.bus;
    this.#options = { waitMs: LIMITS.kafkaWaitMs, retryMs: 100, onRetry: () => undefined, ...options };
  }

  /** Bytes of records that are not yet acknowledged: the measure of pressure. */
  get waitingBytes(): number {
    return this.#bytes;
  }

  /** Connects, then creates or verifies the topics; see {@link Bus.ensureTopics}. */
  async start(
    topics: readonly TopicSettings[],
    mode: 'create' | 'verify',
    partitions?: number,
  ): Promise<void> {
    await this.#bus.connect();
    await this.#bus.ensureTopics(topics, mode, partitions);
  }

  /**
   * Writes records and resolves when all are acknowledged by every in-sync replica.
   *
   * @throws BusError `unavailable` after the wait (some may have been written: publish again under the same ids), or
   * `message_too_large`
   */
  async publish(records: readonly OutgoingRecord[]): Promise<void> {
    if (records.length === 0) return;
    const request = new Request(records.length, this.#options.waitMs);
    const entries = records.map((record) => new Entry(record, request));
    const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
    this.#bytes += bytes;
    for (const entry of entries) this.#waiting.push(entry);
    this.#running ??= this.#run();
    try {
      await request.promise;
    } finally {
      this.#bytes -= bytes;
    }
  }

  /** Joins a consumer group; see {@link Bus.subscribe}. */
  subscribe(
    options: { readonly group: string; readonly topics: readonly string[] },
    listener: BusListener,
  ): Promise<BusSubscription> {
    return this.#bus.subscribe(options, listener);
  }

  /** The end of each partition of a topic; see {@link Bus.endOffsets}. */
  endOffsets(topic: string): Promise<readonly Position[]> {
    return this.#bus.endOffsets(topic);
  }

  /** Waits for the rounds under way, then disconnects. */
  async close(): Promise<void> {
    await this.#running;
    await this.#bus.close();
  }

  async #run(): Promise<void> {
    // Everything that is published in this turn of the event loop shares the first round.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const { now, later } = takeRound(this.#waiting);
      this.#waiting = later;
      const left = now.length > 0 ? await this.#write(now) : [];
      if (left.length > 0) this.#waiting = [...left, ...this.#waiting];
      // A bus that answers at once must not keep timers and sockets waiting.
      if (this.#waiting.length > 0) await setImmediate();
    }
    this.#running = undefined;
  }

  /** Writes one round; returns, in order, what must be written again. */
  async #write(entries: readonly Entry[]): Promise<readonly Entry[]> {
    const round = this.#round++;
    try {
      await this.#bus.send(entries.map((entry) => this.#stamped(entry.record, round)));
    } catch (error) {
      const fault =
        error instanceof BusError ? error : new BusError('unavailable', String(error), { cause: error });
      return this.#failed(entries, fault);
    }
    for (const entry of entries) entry.acknowledge();
    return [];
  }

  async #failed(entries: readonly Entry[], error: BusError): Promise<readonly Entry[]> {
    this.#options.onRetry(error);
    if (error.retryable) {
      await new Promise((resolve) => setTimeout(resolve, this.#options.retryMs));
      return entries;
    }
    if (entries.length === 1 || error.code !== 'message_too_large') {
      for (const entry of entries) entry.fail(error);
      return [];
    }
    // One record of the round is too large: halves in order, until it is alone. Behind a half that must wait, the other waits too.
    const middle = Math.ceil(entries.length / 2);
    const left = await this.#write(entries.slice(0, middle));
    const rest = entries.slice(middle);
    return left.length > 0 ? [...left, ...rest] : this.#write(rest);
  }

  #stamped(record: OutgoingRecord, round: number): OutgoingRecord {
    return {
      ...record,
      headers: { ...record.headers, [HEADERS.round]: `${this.#options.instance}:${round}` },
    };
  }
}
