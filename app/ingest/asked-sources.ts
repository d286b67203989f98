interface Asked {
  readonly source: string;
  at: number;
}

/**
 * Which sources have asked of late: whether a source has company decides how much of the instance it may have.
 *
 * @example
 * const asked = new AskedSources();
 * asked.began('shop', 1_000);
 * asked.otherThan('app'); // 1000
 */
export class AskedSources {
  #latest: Asked = { source: '', at: Number.NEGATIVE_INFINITY };
  /** The latest of another source than the latest: with both, every source is told apart from the others. */
  #before: Asked = { source: '', at: Number.NEGATIVE_INFINITY };

  /** Requests that are not answered yet, by source. */
  readonly #underWay = new Map<string, number>();

  /** A request of a source begins. Times in milliseconds of a clock that only goes forward. */
  began(source: string, now: number): void {
    this.#underWay.set(source, (this.#underWay.get(source) ?? 0) + 1);
    if (source !== this.#latest.source) {
      this.#before = this.#latest;
      this.#latest = { source, at: now };
    } else this.#latest.at = now;
  }

  /** A request of a source is answered, or given up. */
  ended(source: string): void {
    const left = (this.#underWay.get(source) ?? 0) - 1;
    if (left > 0) this.#underWay.set(source, left);
    else this.#underWay.delete(source);
  }

  /** Whether requests of other sources than this one are under way. */
  isAnotherUnderWay(source: string): boolean {
    return this.#underWay.size > (this.#underWay.has(source) ? 1 : 0);
  }

  /** When a source other than this one asked last. */
  otherThan(source: string): number {
    return (source === this.#latest.source ? this.#before : this.#latest).at;
  }
}
