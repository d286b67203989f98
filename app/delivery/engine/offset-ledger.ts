const COMPACT_ABOVE = 4096;

/**
 * The offsets of one partition that are under way. Records settle in any order; the position only moves over an unbroken run
 * of settled ones, so nothing that is unsettled is ever committed.
 *
 * @example
 * ledger.add(7); ledger.add(8); ledger.settle(8); ledger.position // undefined
 * ledger.settle(7); ledger.position // 9
 */
export class OffsetLedger {
  #pending: number[] = [];
  #head = 0;
  readonly #settled = new Set<number>();
  #position: number | undefined;

  /** The next offset to read after a restart; undefined while nothing settled. */
  get position(): number | undefined {
    return this.#position;
  }

  get unsettled(): number {
    return this.#pending.length - this.#head - this.#settled.size;
  }

  /** Takes an offset on; offsets rise, with gaps where the log has them. */
  add(offset: number): void {
    this.#pending.push(offset);
  }

  settle(offset: number): void {
    this.#settled.add(offset);
    for (let next = this.#pending[this.#head]; next !== undefined; next = this.#pending[this.#head]) {
      if (!this.#settled.delete(next)) break;
      this.#position = next + 1;
      this.#head += 1;
    }
    if (this.#head > COMPACT_ABOVE) {
      this.#pending = this.#pending.slice(this.#head);
      this.#head = 0;
    }
  }
}
