import { LIMITS } from '../contract/limits.ts';
import type { DeadLetter, DeadLetters } from './dead-letters.ts';
import { sizeOf } from './to-message.ts';

/** Options of {@link replay}. */
export interface ReplayOptions {
  readonly letters: DeadLetters;
  /** Which letters are put back. */
  readonly matches: (letter: DeadLetter) => boolean;
  /** Changes nothing: what would be put back is only told. */
  readonly dryRun: boolean;
  /** Most letters that are put back. */
  readonly max: number;
  /** Milliseconds after which no more are pulled; less than the lease of a letter. */
  readonly withinMs: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  /** Told each letter that is, or would be, put back, after it was. */
  readonly onLetter: (letter: DeadLetter) => void;
}

/** What came of it. */
export interface ReplayResult {
  /** Put back, or in a dry run what would be. */
  readonly replayed: number;
  /** Left where they are, because they do not match. */
  readonly left: number;
  /** The cap that ended it before all letters were seen. */
  readonly stoppedBy: 'max' | 'time' | 'memory' | undefined;
  /** What ended it. Letters that were not put back come again. */
  readonly failure: Error | undefined;
}

const PULL = 500;
/** Pub/Sub may answer with none although there are some. */
const EMPTY_PULLS = 2;
/** Letters that are left are kept in mind, so that they are seen once: some 300 bytes each. */
const MOST_LEFT = 100_000;

/** Letters by requests of at most 10 MB. */
const byRequest = (letters: readonly DeadLetter[]): readonly (readonly DeadLetter[])[] => {
  const requests: DeadLetter[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const letter of letters) {
    const size = sizeOf(letter.message);
    if (bytes + size > LIMITS.publishBytes) {
      requests.push([]);
      bytes = 0;
    }
    requests.at(-1)?.push(letter);
    bytes += size;
  }
  return requests;
};

/** One run over the dead letters. */
class Replay {
  readonly #options: ReplayOptions;
  readonly #held = new Map<string, Pick<DeadLetter, 'ackId'>>();
  #replayed = 0;
  #left = 0;
  #isOverMax = false;

  constructor(options: ReplayOptions) {
    this.#options = options;
  }

  async run(): Promise<ReplayResult> {
    let stoppedBy: ReplayResult['stoppedBy'];
    let failure: Error | undefined;
    try {
      stoppedBy = await this.#all();
    } catch (error) {
      failure = Error.isError(error) ? error : new Error(String(error));
    }
    try {
      await this.#options.letters.release([...this.#held.values()]);
    } catch (error) {
      // Their lease ends by itself; the first failure says more.
      failure ??= Error.isError(error) ? error : new Error(String(error));
    }
    return { replayed: this.#replayed, left: this.#left, stoppedBy, failure };
  }

  async #all(): Promise<ReplayResult['stoppedBy']> {
    const { letters, withinMs, now } = this.#options;
    const end = now() + withinMs;
    for (let empty = 0; empty < EMPTY_PULLS; ) {
      if (now() >= end) return 'time';
      if (this.#held.size >= MOST_LEFT) return 'memory';
      const fresh = (await letters.pull(PULL)).filter((letter) => this.#isFresh(letter));
      empty = fresh.length === 0 ? empty + 1 : 0;
      await this.#take(fresh);
      if (this.#isOverMax) return 'max';
    }
    return undefined;
  }

  /** A letter whose lease ended comes again. */
  #isFresh(letter: DeadLetter): boolean {
    if (!this.#held.has(letter.id)) return true;
    this.#held.set(letter.id, { ackId: letter.ackId });
    return false;
  }

  async #take(fresh: readonly DeadLetter[]): Promise<void> {
    const { matches, max, dryRun, letters, onLetter } = this.#options;
    // Held until proven done: whatever fails below, they are given back.
    for (const { id, ackId } of fresh) this.#held.set(id, { ackId });
    const matching = fresh.filter(matches);
    const chosen = matching.slice(0, max - this.#replayed);
    this.#isOverMax = chosen.length < matching.length;
    this.#left += fresh.length - matching.length;
    for (const request of byRequest(chosen)) {
      if (!dryRun) {
        await letters.republish(request);
        await letters.acknowledge(request);
        for (const { id } of request) this.#held.delete(id);
      }
      this.#replayed += request.length;
      for (const letter of request) onLetter(letter);
    }
  }
}

/**
 * Puts dead letters back into the topic they came from. A letter is removed only after its message is acknowledged again: a run
 * that ends in between leaves it, and the next run puts it back a second time, which the id of the event shows.
 *
 * @returns what came of it; a failure is in it, not thrown
 * @example await replay({ letters, matches: ({ table }) => table === 'quarantine', dryRun: true, max: 100, … })
 */
export const replay = (options: ReplayOptions): Promise<ReplayResult> => new Replay(options).run();
