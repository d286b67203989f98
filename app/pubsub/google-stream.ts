import type { GooglePlace } from './google-client.ts';
import { connectPublisher, mayBeOneMessage, type TopicPublisher } from './google-publisher.ts';
import type { EventStream, StreamMessage } from './port.ts';
import { Progress } from './progress.ts';
import { type Amount, PublishQueue } from './publish-queue.ts';
import { StreamError } from './stream-error.ts';
import { type TopicMessage, toMessage } from './to-message.ts';
import { within } from './within.ts';

/** Options of {@link GoogleStream}. Times in milliseconds. */
export interface GoogleStreamOptions extends GooglePlace {
  /** Name of the topic, without its project. */
  readonly topic: string;
  /** What one request holds at most. @default 500 messages, 1,000,000 bytes */
  readonly batch?: Amount;
  /** How long a message waits for others to go with it. @default 10 */
  readonly batchMs?: number;
  /** What may be unacknowledged at once; more is refused. @default 10,000 messages, 32,000,000 bytes */
  readonly outstanding?: Amount;
  /** When a publish is given up, also while the client is loaded: the receiver waits 2,500. @default 2,400 */
  readonly withinMs?: number;
  /** How long after a first failure another, with no acknowledgement between them, means that it is stuck. @default 60,000 */
  readonly stuckMs?: number;
  /** How long a stop waits for what is under way. @default 3,000 */
  readonly closeMs?: number;
  /** How it is connected. @default to Pub/Sub */
  readonly connect?: () => Promise<TopicPublisher>;
  /** @default performance.now */
  readonly now?: () => number;
}

const BATCH = { messages: 500, bytes: 1_000_000 };
const BATCH_MS = 10;
const OUTSTANDING = { messages: 10_000, bytes: 32_000_000 };
const WITHIN_MS = 2_400;
const STUCK_MS = 60_000;
const CLOSE_MS = 3_000;
const CONNECT_MS = 10_000;
/** What a request has less than a publish: messages are gathered first, and its fault says more than being late. */
const MARGIN_MS = 50;

/**
 * A stream on Google Pub/Sub. Messages that come within milliseconds go in one request; memory is bounded; every publish is
 * settled in time. Google's client is loaded when it is first needed: {@link connect} does that ahead.
 *
 * @example
 * const stream = new GoogleStream({ project: 'acme', topic: 'customerio-events' });
 * await stream.publish([{ table: 'delivery_events', row: { event_id: 'e1' }, eventId: 'e1' }]);
 */
export class GoogleStream implements EventStream {
  readonly #options: GoogleStreamOptions;
  readonly #connect: () => Promise<TopicPublisher>;
  readonly #queue: PublishQueue;
  readonly #progress: Progress;
  readonly #withinMs: number;
  readonly #stuckMs: number;
  readonly #now: () => number;
  #publisher: Promise<TopicPublisher> | undefined;
  #connectedAt = 0;
  #closing: Promise<void> | undefined;

  constructor(options: GoogleStreamOptions) {
    this.#options = options;
    this.#withinMs = options.withinMs ?? WITHIN_MS;
    this.#stuckMs = options.stuckMs ?? STUCK_MS;
    this.#now = options.now ?? performance.now.bind(performance);
    this.#connect = options.connect ?? (() => connectPublisher({ ...options, connectMs: CONNECT_MS }));
    this.#progress = new Progress(this.#stuckMs, this.#now);
    this.#queue = new PublishQueue({
      send: (messages) => this.#send(messages),
      batch: options.batch ?? BATCH,
      batchMs: options.batchMs ?? BATCH_MS,
      outstanding: options.outstanding ?? OUTSTANDING,
      mayBeOne: mayBeOneMessage,
    });
  }

  get stuck(): boolean {
    return this.#progress.stuck;
  }

  /** What is not acknowledged yet. */
  get outstanding(): Amount {
    return this.#queue.outstanding;
  }

  /** @throws StreamError when there are no credentials or there is no connection; it may be called again */
  async connect(): Promise<void> {
    await this.#connected();
  }

  /** @throws StreamError one message of these may not be stored: see its code */
  async publish(messages: readonly StreamMessage[]): Promise<void> {
    if (this.#closing !== undefined) throw new StreamError('closed', 'the stream is closed');
    await within(this.#queue.add(messages.map(toMessage)), this.#withinMs, this.#late);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const unsettled = (): Error =>
      new StreamError('late', `${this.outstanding.messages} messages were not settled before the end`);
    try {
      await within(this.#queue.drain(), this.#options.closeMs ?? CLOSE_MS, unsettled);
    } finally {
      this.#drop();
    }
  }

  async #send(messages: readonly TopicMessage[]): Promise<void> {
    const start = this.#now();
    const ms = this.#withinMs - MARGIN_MS;
    try {
      const publisher = await within(this.#connected(), ms, this.#late);
      await publisher.publish(messages, ms - (this.#now() - start));
      this.#progress.succeeded();
    } catch (error) {
      this.#progress.failed();
      throw error;
    }
  }

  readonly #late = (): Error =>
    new StreamError('late', `Pub/Sub did not acknowledge within ${this.#withinMs} ms`);

  #connected(): Promise<TopicPublisher> {
    if (this.#isWornOut()) this.#drop();
    if (this.#publisher !== undefined) return this.#publisher;
    const connecting = this.#connect();
    this.#publisher = connecting;
    this.#connectedAt = this.#now();
    // A connection that failed is not kept; whoever waits for it is told by the same promise.
    connecting.catch(() => {
      if (this.#publisher === connecting) this.#publisher = undefined;
    });
    return connecting;
  }

  /** Whether another client, with another connection and other credentials, may get further. */
  #isWornOut(): boolean {
    return this.stuck && this.#now() - this.#connectedAt >= this.#stuckMs;
  }

  /** Nothing waits for it: it may be connecting, and whether it closes well no longer matters. */
  #drop(): void {
    const dropped = this.#publisher;
    this.#publisher = undefined;
    dropped?.then((publisher) => publisher.close()).catch(() => undefined);
  }
}
