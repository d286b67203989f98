/**
 * Lets one after the other in, first come, first served: of large webhooks one is in memory at a time.
 *
 * @example
 * const turn = new LargeTurn();
 * if (await turn.take(3_000)) turn.give();
 */
export class LargeTurn {
  readonly #waiting = new Set<(has: boolean) => void>();
  #isTaken = false;

  /** Whether somebody waits for it. */
  get isWanted(): boolean {
    return this.#waiting.size > 0;
  }

  /**
   * Resolves to whether it was had in time.
   *
   * @param withinMs milliseconds
   */
  take(withinMs: number): true | Promise<boolean> {
    if (!this.#isTaken) {
      this.#isTaken = true;
      return true;
    }
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const settle = (has: boolean): void => {
      clearTimeout(timer);
      this.#waiting.delete(settle);
      resolve(has);
    };
    const timer = setTimeout(() => settle(false), withinMs);
    this.#waiting.add(settle);
    return promise;
  }

  /** Gives it to the next. */
  give(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#isTaken = false;
    else next(true);
  }
}
