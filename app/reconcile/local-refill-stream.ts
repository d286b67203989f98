import type { EventStream, StreamMessage } from '../pubsub/port.ts';
import { REFILL_PATH } from './refill-path.ts';

/** The running `npm start` did not take rows; the message says what to do next. */
export class RefillError extends Error {
  override readonly name = 'RefillError';
}

const PATIENCE_MS = 10_000;

/** What the platform says of itself; a page of something else says nothing. */
const messageOf = (text: string): string => {
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown };
    return typeof message === 'string' ? ` ${message}` : '';
  } catch {
    return '';
  }
};

/**
 * A stream into the warehouse of a running `npm start`.
 *
 * @example await new LocalRefillStream('http://localhost:8080').publish([{ table: 'delivery_events', row, eventId }])
 */
export class LocalRefillStream implements EventStream {
  readonly stuck = false;
  readonly #url: URL;

  /** @param url where `npm start` listens */
  constructor(url: string) {
    this.#url = new URL(REFILL_PATH, url);
  }

  async publish(messages: readonly StreamMessage[]): Promise<void> {
    const response = await this.#post(JSON.stringify({ messages }));
    if (response.ok) return;
    const why = messageOf(await response.text());
    throw new RefillError(`npm start at ${this.#url.origin} takes no refills: ${response.status}${why}`);
  }

  async close(): Promise<void> {
    // Nothing is held: every publish is a request of its own.
  }

  async #post(body: string): Promise<Response> {
    try {
      return await fetch(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
    } catch (error) {
      throw new RefillError(
        `nothing answers at ${this.#url.origin}: start it with npm start, or give --url`,
        {
          cause: error,
        },
      );
    }
  }
}
