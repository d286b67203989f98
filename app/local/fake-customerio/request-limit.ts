/** Counts requests in windows of a fixed length. */
export class RequestLimit {
  readonly #limit: { readonly requests: number; readonly windowMs: number };
  readonly #now: () => number;
  #windowStart = 0;
  #inWindow = 0;

  /** @param now milliseconds since 1970 */
  constructor(limit: { readonly requests: number; readonly windowMs: number }, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  /** Such as `10 requests per 1s`. */
  get text(): string {
    return `${this.#limit.requests} requests per ${this.#limit.windowMs / 1000}s`;
  }

  /** Counts a request; the whole seconds to wait when it is above the limit. */
  over(): number | undefined {
    const { requests, windowMs } = this.#limit;
    const now = this.#now();
    if (now - this.#windowStart >= windowMs) {
      this.#windowStart = now;
      this.#inWindow = 0;
    }
    this.#inWindow += 1;
    if (this.#inWindow <= requests) return undefined;
    return Math.max(1, Math.ceil((this.#windowStart + windowMs - now) / 1000));
  }

  /** Opens the window again. */
  reset(): void {
    this.#inWindow = 0;
  }
}
