import type { EventStream } from '../pubsub/port.ts';
import type { Logger } from '../runtime/logger.ts';

/** Options of {@link StreamLink}. */
export interface StreamLinkOptions {
  readonly stream: EventStream;
  readonly logger: Logger;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** How often a connection is tried again, in milliseconds. @default 3000 */
  readonly retryMs?: number | undefined;
}

const RETRY_MS = 3_000;

/** The way of a role to its stream: connects in the background until it is there, so that the first event does not wait for it. */
export class StreamLink {
  readonly #options: StreamLinkOptions;
  readonly #stopping = new AbortController();
  #reached = false;
  #said: string | undefined;

  constructor(options: StreamLinkOptions) {
    this.#options = options;
  }

  /** Whether the stream was reached, once. */
  get reached(): boolean {
    return this.#reached;
  }

  /** Resolves once the stream is reached, or when it is stopped before. */
  async start(): Promise<void> {
    const { stream, sleep, retryMs = RETRY_MS, logger } = this.#options;
    const { signal } = this.#stopping;
    while (!(signal.aborted || this.#reached)) {
      try {
        await stream.connect?.();
        this.#reached = true;
        logger.info({}, 'stream.ready');
      } catch (error) {
        this.#say(error);
        await sleep(retryMs, signal);
      }
    }
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** The same fault is said once. */
  #say(error: unknown): void {
    const reason = Error.isError(error) ? error.message : String(error);
    if (this.#stopping.signal.aborted || reason === this.#said) return;
    this.#said = reason;
    this.#options.logger.error(
      { reason, do: 'check the credentials, the network and PUBSUB_EMULATOR_HOST; it is tried again' },
      'stream.unreachable',
    );
  }
}
