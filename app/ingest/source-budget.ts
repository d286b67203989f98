import type { Bytes } from '../runtime/http/body-budget.ts';

/** Whose the bytes are of requests whose sender is still to be found. No source can have such a name. */
export const UNIDENTIFIED = '(unidentified)';
/** How much of a budget they may have together. */
const UNIDENTIFIED_SHARE = 1 / 4;

/** A source that waits for bytes. */
interface Waiter {
  readonly source: string;
  readonly bytes: number;
  readonly granted: () => void;
}

/** How a budget is shared. */
export interface SourceBudgetOptions {
  readonly bytes: number;
  /** Whether other sources than this one are about: then it has at most half. */
  readonly hasCompany: (source: string) => boolean;
}

/**
 * Bytes of memory that requests may hold at once, so that what comes in never outgrows the process, and no source shuts out
 * another: while another source is about, one source has at most half of them. {@link UNIDENTIFIED} senders never have more than a
 * quarter.
 *
 * @example
 * const budget = new SourceBudget({ bytes: 64_000_000, hasCompany: () => true });
 * if (await budget.wait('shop', 2_000_000, 8_000)) budget.give('shop', 2_000_000);
 */
export class SourceBudget {
  readonly #options: SourceBudgetOptions;
  readonly #held = new Map<string, number>();
  readonly #waiting = new Set<Waiter>();
  #left: number;

  constructor(options: SourceBudgetOptions) {
    this.#options = options;
    this.#left = options.bytes;
  }

  /** Whether so many bytes are left for a source; they are its then. */
  take(source: string, bytes: number): boolean {
    const held = this.#held.get(source) ?? 0;
    if (bytes > 0 && (bytes > this.#left || held + bytes > this.#shareOf(source))) return false;
    this.#set(source, held + bytes);
    this.#left -= bytes;
    return true;
  }

  give(source: string, bytes: number): void {
    this.#set(source, (this.#held.get(source) ?? 0) - bytes);
    this.#left += bytes;
    if (this.#waiting.size > 0) this.#serve();
  }

  /**
   * Takes bytes once they are left, those of one source in the order in which it asked for them.
   *
   * @param withinMs milliseconds to wait for them
   * @returns whether they were taken
   */
  async wait(source: string, bytes: number, withinMs: number): Promise<boolean> {
    if (!this.#isWaiting(source) && this.take(source, bytes)) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const waiter: Waiter = { source, bytes, granted: () => resolve(true) };
    this.#waiting.add(waiter);
    const timer = setTimeout(() => resolve(false), withinMs);
    const isGranted = await promise;
    clearTimeout(timer);
    this.#waiting.delete(waiter);
    return isGranted;
  }

  /** The bytes of one source, for what knows no sources. */
  of(source: string): Bytes {
    return {
      take: (bytes) => this.take(source, bytes),
      give: (bytes) => this.give(source, bytes),
    };
  }

  #shareOf(source: string): number {
    const { bytes, hasCompany } = this.#options;
    if (source === UNIDENTIFIED) return bytes * UNIDENTIFIED_SHARE;
    return hasCompany(source) ? bytes / 2 : bytes;
  }

  #isWaiting(source: string): boolean {
    for (const waiter of this.#waiting) if (waiter.source === source) return true;
    return false;
  }

  #serve(): void {
    const behind = new Set<string>();
    for (const waiter of this.#waiting) {
      if (behind.has(waiter.source)) continue;
      if (this.take(waiter.source, waiter.bytes)) {
        this.#waiting.delete(waiter);
        waiter.granted();
      } else behind.add(waiter.source);
    }
  }

  #set(source: string, bytes: number): void {
    if (bytes === 0) this.#held.delete(source);
    else this.#held.set(source, bytes);
  }
}
