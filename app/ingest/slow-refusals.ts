import { setTimeout } from 'node:timers/promises';

/** How refusals are slowed down. */
export interface SlowRefusalsOptions {
  /** Whether requests of sources other than this one are about right now. */
  readonly hasCompany: (source: string) => boolean;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

const WINDOW_MS = 1_000;
/** Refusals of one source in a second that are answered at once. */
const AT_ONCE = 100;
const PAUSE_MS = 250;
/** Answers that may be kept back at a time, over all sources. */
const KEPT_BACK = 1_000;

/**
 * Keeps clients that send again at once, whatever they are told, from taking the instance's time from others: while other sources are
 * about, the refusals of one source beyond a hundred a second are kept back for a moment.
 */
export class SlowRefusals {
  readonly #options: SlowRefusalsOptions;
  readonly #counts = new Map<string, number>();
  #windowAt = Number.NEGATIVE_INFINITY;
  #keptBack = 0;

  constructor(options: SlowRefusalsOptions) {
    this.#options = options;
  }

  /** Resolves when the source may be told that it is refused; undefined where it may at once. */
  wait(source: string): Promise<void> | undefined {
    const { now, hasCompany } = this.#options;
    if (now() - this.#windowAt >= WINDOW_MS) {
      this.#windowAt = now();
      this.#counts.clear();
    }
    const count = (this.#counts.get(source) ?? 0) + 1;
    this.#counts.set(source, count);
    const isAtOnce = count <= AT_ONCE || this.#keptBack >= KEPT_BACK || !hasCompany(source);
    return isAtOnce ? undefined : this.#keepBack();
  }

  async #keepBack(): Promise<void> {
    this.#keptBack += 1;
    await setTimeout(PAUSE_MS);
    this.#keptBack -= 1;
  }
}
