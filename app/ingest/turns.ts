/** A source that has to pause, and its requests that wait for the pause to end. */
interface Lane {
  /** By the clock that only goes forward. */
  freeAt: number;
  readonly waiting: (() => void)[];
  timer: NodeJS.Timeout | undefined;
}

/** How turns are shared. */
export interface TurnsOptions {
  /** Whether requests of other sources than this one are about right now. */
  readonly hasCompany: (source: string) => boolean;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

/** Work that is done within this, as that of small requests is, is nobody's concern. */
const SHORT_MS = 0.1;
/** After this a long piece of work lets others in, where there are others. */
const LONG_MS = 2;
/** How long a source pauses for each millisecond that it kept others waiting. */
const PAUSE = 3;

/**
 * Shares the event loop between sources: the parsing of a large request keeps everybody waiting, so while requests of other sources
 * are about, a source works for some two milliseconds at a time and then pauses for longer than that. Without others it never
 * pauses, and small requests never do.
 *
 * @example
 * await turns.enter('shop');
 * const startedAt = now();
 * while (work() && !turns.isLong('shop', startedAt)) continue;
 * turns.leave('shop', startedAt);
 */
export class Turns {
  readonly #options: TurnsOptions;
  readonly #lanes = new Map<string, Lane>();

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /** Resolves when the source may work; undefined where it may at once. */
  enter(source: string): Promise<void> | undefined {
    const lane = this.#lanes.get(source);
    if (lane === undefined) return undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    lane.waiting.push(resolve);
    return promise;
  }

  /** Whether work that began at `startedAt` should let others in. */
  isLong(source: string, startedAt: number): boolean {
    return this.#options.now() - startedAt >= LONG_MS && this.#options.hasCompany(source);
  }

  /** Ends the work that began at `startedAt`. */
  leave(source: string, startedAt: number): void {
    const { now, hasCompany } = this.#options;
    const ms = now() - startedAt;
    if (ms < SHORT_MS || !hasCompany(source)) return;
    const lane = this.#lanes.get(source) ?? { freeAt: 0, waiting: [], timer: undefined };
    this.#lanes.set(source, lane);
    lane.freeAt = Math.max(lane.freeAt, now()) + ms * PAUSE;
    this.#wait(source, lane);
  }

  #wait(source: string, lane: Lane): void {
    const ms = Math.max(0, Math.ceil(lane.freeAt - this.#options.now()));
    lane.timer ??= setTimeout(() => this.#next(source, lane), ms);
  }

  /** Lets the next request in; the one after it comes in the next turn of the event loop, or after the pause that this one causes. */
  #next(source: string, lane: Lane): void {
    lane.timer = undefined;
    if (lane.freeAt > this.#options.now()) return this.#wait(source, lane);
    const enter = lane.waiting.shift();
    if (enter === undefined) this.#lanes.delete(source);
    else {
      enter();
      this.#wait(source, lane);
    }
  }
}
