/**
 * Whether something that is tried again and again gets anywhere: stuck is what was tried for a time without a single success.
 * Where nothing was tried for as long, it is no longer stuck: only another try can tell.
 *
 * @example
 * const progress = new Progress(60_000, performance.now.bind(performance));
 * progress.tried();
 * progress.stuck // true, from a minute later on, if it is tried again and never succeeds
 */
export class Progress {
  readonly #stuckMs: number;
  readonly #now: () => number;
  #waitingSince: number | undefined;
  #triedAt = Number.NEGATIVE_INFINITY;

  /**
   * @param stuckMs milliseconds without success until it is stuck
   * @param now milliseconds of a clock that only goes forward
   */
  constructor(stuckMs: number, now: () => number) {
    this.#stuckMs = stuckMs;
    this.#now = now;
  }

  tried(): void {
    const now = this.#now();
    if (this.#waitingSince === undefined || now - this.#triedAt >= this.#stuckMs) this.#waitingSince = now;
    this.#triedAt = now;
  }

  succeeded(): void {
    this.#waitingSince = undefined;
  }

  get stuck(): boolean {
    if (this.#waitingSince === undefined) return false;
    const now = this.#now();
    return now - this.#waitingSince >= this.#stuckMs && now - this.#triedAt < this.#stuckMs;
  }
}
