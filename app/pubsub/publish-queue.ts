import { StreamError } from './stream-error.ts';
import type { SizedMessage, TopicMessage } from './to-message.ts';

/** A number of messages and of their bytes. */
export interface Amount {
  readonly messages: number;
  readonly bytes: number;
}

/** Options of {@link PublishQueue}. */
export interface PublishQueueOptions {
  /** Publishes messages in one request: all of them or none. */
  readonly send: (messages: readonly TopicMessage[]) => Promise<void>;
  /** What one request holds at most. A larger message goes alone. */
  readonly batch: Amount;
  /** Milliseconds that a message waits for others to go with it. */
  readonly batchMs: number;
  /** What may be waiting or on its way at once. */
  readonly outstanding: Amount;
  /** Whether an error may be the fault of a single message, so that the others are to be tried without it. */
  readonly mayBeOne: (error: unknown) => boolean;
}

/** One call of `add`: settled once all of its messages are acknowledged, or with the first that is not. */
interface Call {
  readonly settle: PromiseWithResolvers<void>;
  unacknowledged: number;
}

interface Entry {
  readonly sized: SizedMessage;
  readonly call: Call;
}

/**
 * Gathers messages into requests, within bounded memory: what does not fit is refused at once, not queued.
 *
 * @example await queue.add([toMessage({ table: 'quarantine', row: {} })])
 */
export class PublishQueue {
  readonly #options: PublishQueueOptions;
  readonly #underWay = new Set<Promise<void>>();
  readonly #outstanding = { messages: 0, bytes: 0 };
  #waiting: Entry[] = [];
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: PublishQueueOptions) {
    this.#options = options;
  }

  /** What waits or is on its way. */
  get outstanding(): Amount {
    return { ...this.#outstanding };
  }

  /**
   * Resolves once all of them are acknowledged.
   *
   * @throws StreamError `full` when they do not fit: none of them is sent then
   * @throws what `send` throws, for any of them
   */
  async add(messages: readonly SizedMessage[]): Promise<void> {
    if (messages.length === 0) return;
    this.#admit(messages);
    const call = { settle: Promise.withResolvers<void>(), unacknowledged: messages.length };
    for (const sized of messages) this.#enqueue({ sized, call });
    await call.settle.promise;
  }

  /** Sends what waits now, and resolves when everything is settled. */
  async drain(): Promise<void> {
    this.#flush();
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** One publish fits into an empty queue, whatever its size. */
  #admit(added: readonly SizedMessage[]): void {
    const { messages, bytes } = this.#outstanding;
    const most = this.#options.outstanding;
    let addedBytes = 0;
    for (const sized of added) addedBytes += sized.bytes;
    const fits = messages + added.length <= most.messages && bytes + addedBytes <= most.bytes;
    if (messages > 0 && !fits) {
      throw new StreamError('full', `${messages} messages of ${bytes} bytes are not acknowledged yet`);
    }
    this.#outstanding.messages += added.length;
    this.#outstanding.bytes += addedBytes;
  }

  #enqueue(entry: Entry): void {
    const { batch, batchMs } = this.#options;
    const { bytes } = entry.sized;
    if (this.#waitingBytes + bytes > batch.bytes) this.#flush();
    this.#waiting.push(entry);
    this.#waitingBytes += bytes;
    if (this.#waiting.length >= batch.messages || this.#waitingBytes >= batch.bytes) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), batchMs);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    const sending = this.#send(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#underWay.add(sending);
    void sending.then(() => this.#underWay.delete(sending));
  }

  /** Never rejects: each entry is told what became of it. */
  async #send(entries: readonly Entry[]): Promise<void> {
    try {
      await this.#options.send(entries.map(({ sized }) => sized.message));
    } catch (error) {
      if (entries.length > 1 && this.#options.mayBeOne(error)) {
        const half = Math.ceil(entries.length / 2);
        await Promise.all([this.#send(entries.slice(0, half)), this.#send(entries.slice(half))]);
        return;
      }
      for (const { sized, call } of entries) {
        this.#release(sized);
        call.settle.reject(error);
      }
      return;
    }
    for (const { sized, call } of entries) {
      this.#release(sized);
      call.unacknowledged -= 1;
      if (call.unacknowledged === 0) call.settle.resolve();
    }
  }

  #release({ bytes }: SizedMessage): void {
    this.#outstanding.messages -= 1;
    this.#outstanding.bytes -= bytes;
  }
}
