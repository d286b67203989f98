import type { EventStream, StreamMessage } from './port.ts';

const KEPT = 10_000;

/**
 * A stream that keeps its messages in memory, the newest {@link KEPT} of them, as JSON would carry them. For `npm start` and
 * for tests, which can make it slow or make it fail.
 *
 * @example
 * const stream = new InMemoryStream();
 * await stream.publish([{ table: 'quarantine', row: { reason: 'empty' } }]);
 * stream.messages.length // 1
 */
export class InMemoryStream implements EventStream {
  /** Milliseconds until a publish is acknowledged or fails. */
  latencyMs = 0;
  /** What every publish fails with. */
  fault: Error | undefined;
  /** Whether a publish that fails has stored its messages nevertheless, as when only the acknowledgement is lost. */
  storesFailed = false;
  stuck = false;
  readonly #kept: number;
  readonly #messages: StreamMessage[] = [];
  readonly #underWay = new Set<Promise<void>>();
  #closed = false;

  /** @param kept how many messages are kept; older ones are dropped */
  constructor(kept: number = KEPT) {
    this.#kept = kept;
  }

  /** What is kept, oldest first. */
  get messages(): readonly StreamMessage[] {
    return this.#messages;
  }

  async publish(messages: readonly StreamMessage[]): Promise<void> {
    if (this.#closed) throw new Error('the stream is closed');
    const text = JSON.stringify(messages);
    const work = this.#take(text, this.fault);
    this.#underWay.add(work);
    try {
      await work;
    } finally {
      this.#underWay.delete(work);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#underWay);
  }

  async #take(text: string, fault: Error | undefined): Promise<void> {
    if (this.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, this.latencyMs));
    if (fault === undefined || this.storesFailed) {
      for (const message of JSON.parse(text) as StreamMessage[]) this.#messages.push(message);
      if (this.#messages.length > this.#kept) this.#messages.splice(0, this.#messages.length - this.#kept);
    }
    if (fault !== undefined) throw fault;
  }
}
