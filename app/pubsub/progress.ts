/**
 * Whether something that is tried again and again gets anywhere. It is stuck once a try failed a time after the first that
 * failed, with no success in between, however far apart the tries are; it stays so until a success.
 *
 * Time alone changes nothing: after one failure and no further try it is not stuck, for nothing says that another would fail,
 * and when stuck it stays so without traffic. That is no dead end: Cloud Run's probes (start and liveness, see
 * `constructs/parts/cloud-run-service.ts`) do not ask `/readyz`, so webhooks still come, and Customer.io repeats them for seven
 * days. The next of them is the probe. Where readiness takes the traffic away, something else would have to try.
 *
 * @example
 * const progress = new Progress(60_000, performance.now.bind(performance));
 * progress.failed();
 * progress.stuck // false; true once it fails again a minute later or after that, unless it succeeded meanwhile
 */
export class Progress {
  readonly #stuckMs: number;
  readonly #now: () => number;
  #failingSince: number | undefined;
  #stuck = false;

  /**
   * @param stuckMs milliseconds from the first failure to one by which it is stuck
   * @param now milliseconds of a clock that only goes forward
   */
  constructor(stuckMs: number, now: () => number) {
    this.#stuckMs = stuckMs;
    this.#now = now;
  }

  get stuck(): boolean {
    return this.#stuck;
  }

  failed(): void {
    const now = this.#now();
    this.#failingSince ??= now;
    this.#stuck = now - this.#failingSince >= this.#stuckMs;
  }

  succeeded(): void {
    this.#failingSince = undefined;
    this.#stuck = false;
  }
}
