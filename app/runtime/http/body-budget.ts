/** Bytes that are taken and given back. */
export interface Bytes {
  /** Whether so many are left; they are taken then. */
  take(bytes: number): boolean;
  give(bytes: number): void;
}

/**
 * How many bytes of bodies may be in memory at once, over all requests: without a signature that verifies anybody can make a
 * receiver hold bytes, a megabyte for each connection.
 *
 * @example
 * const budget = new BodyBudget(64_000_000);
 * if (budget.take(chunk.length)) budget.give(chunk.length);
 */
export class BodyBudget implements Bytes {
  #left: number;

  /** @param bytes how many there are; none: nothing is kept */
  constructor(bytes: number) {
    this.#left = bytes;
  }

  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }

  give(bytes: number): void {
    this.#left += bytes;
  }
}
