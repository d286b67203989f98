import type { Secret } from '../contract/secrets.ts';
import { TOPICS } from '../contract/topics.ts';
import { type Bus, BusError } from '../kafka/port.ts';
import type { Logger } from '../runtime/logger.ts';

/** Why a role does not work with Kafka yet. */
export type KafkaHold =
  | 'kafka_credential_unset'
  | 'kafka_unavailable'
  | 'kafka_authentication_failed'
  | 'topics_wrong';

/** Options of {@link KafkaLink}. Times in milliseconds. */
export interface KafkaLinkOptions {
  readonly bus: Pick<Bus, 'connect' | 'ensureTopics'>;
  readonly mode: 'create' | 'verify';
  /** The secrets that authenticate at Kafka: none may be unset. */
  readonly credentials: readonly Secret<unknown>[];
  readonly logger: Logger;
  readonly clock: {
    readonly now: () => number;
    readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  };
  /** @default 3000 */
  readonly retryMs?: number | undefined;
  /** How long one cause is not logged again. @default 30,000 */
  readonly quietMs?: number;
}

const RETRY_MS = 3_000;
const QUIET_MS = 30_000;

const HOLDS: Readonly<Record<string, KafkaHold>> = {
  authentication_failed: 'kafka_authentication_failed',
  topics_wrong: 'topics_wrong',
};

const WHAT_TO_DO: Readonly<Record<KafkaHold, string>> = {
  kafka_credential_unset:
    'the newest version of a secret is the placeholder; run `cio-platform secrets status`; a value is taken over without a restart',
  kafka_unavailable: 'check KAFKA_BROKERS, KAFKA_TLS and the network; it is tried again',
  kafka_authentication_failed:
    'check KAFKA_SASL_MECHANISM and its secrets; a new value is taken over without a restart',
  topics_wrong: 'correct the topics as said; they are looked at again',
};

/**
 * The way of a deployed role to Kafka: connects and checks the topics in the background, again and again until both are well.
 * Meanwhile the role answers its probes and holds.
 *
 * @example
 * const link = new KafkaLink({ bus, mode: 'verify', credentials: [], logger, clock: systemClock });
 * if (await link.start()) await worker.start();
 */
export class KafkaLink {
  readonly #options: KafkaLinkOptions;
  readonly #stopping = new AbortController();
  readonly #loggedAt = new Map<string, number>();
  #woken = new AbortController();
  #hold: KafkaHold | undefined = 'kafka_unavailable';
  #reached = false;

  constructor(options: KafkaLinkOptions) {
    this.#options = options;
    if (this.#unset().length > 0) this.#hold = 'kafka_credential_unset';
  }

  /** Why nothing is read or written yet; undefined once all is well. */
  get heldFor(): KafkaHold | undefined {
    return this.#hold;
  }

  /** Whether Kafka has let this process in, once. */
  get reached(): boolean {
    return this.#reached;
  }

  /** Resolves true once the topics are verified, or false when it is stopped before. */
  async start(): Promise<boolean> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      if (await this.#try()) return !signal.aborted;
      await this.#options.clock.sleep(
        this.#options.retryMs ?? RETRY_MS,
        AbortSignal.any([signal, this.#woken.signal]),
      );
    }
    return false;
  }

  /** Tries again at once: a credential changed. */
  wake(): void {
    const woken = this.#woken;
    this.#woken = new AbortController();
    woken.abort();
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #try(): Promise<boolean> {
    const unset = this.#unset();
    if (unset.length > 0) {
      this.#holds('kafka_credential_unset', `${unset.map(({ name }) => name).join(' and ')} must be set`);
      return false;
    }
    try {
      await this.#options.bus.connect();
      this.#reached = true;
      await this.#options.bus.ensureTopics(Object.values(TOPICS), this.#options.mode);
    } catch (error) {
      this.#failed(error);
      return false;
    }
    this.#hold = undefined;
    this.#options.logger.info({}, 'kafka.ready');
    return true;
  }

  #failed(error: unknown): void {
    if (this.#stopping.signal.aborted) return;
    if (error instanceof BusError) {
      this.#holds(HOLDS[error.code] ?? 'kafka_unavailable', error.message);
      return;
    }
    this.#holds('kafka_unavailable', String(error), { err: error });
  }

  /** Topics that are wrong in another way are another cause; a broker's address in a message is not. */
  #holds(hold: KafkaHold, reason: string, more: object = {}): void {
    this.#hold = hold;
    const { logger, clock, quietMs = QUIET_MS } = this.#options;
    const cause = hold === 'topics_wrong' ? reason : hold;
    const now = clock.now();
    if (now - (this.#loggedAt.get(cause) ?? Number.NEGATIVE_INFINITY) < quietMs) return;
    this.#loggedAt.set(cause, now);
    logger.error({ heldFor: hold, reason, do: WHAT_TO_DO[hold], ...more }, 'kafka.held');
  }

  #unset(): readonly Secret<unknown>[] {
    return this.#options.credentials.filter(({ state }) => state === 'unset');
  }
}
