import { LIMITS } from '../contract/limits.ts';
import { AskedSources } from './asked-sources.ts';
import { Share } from './share.ts';
import { SourceBudget } from './source-budget.ts';
import { Turns } from './turns.ts';
import { weighJson } from './weigh-json.ts';

/** How much one instance has to share. */
export interface SharesOptions {
  /** Milliseconds of a clock that only goes forward. @default performance.now */
  readonly now?: () => number;
  /** Bytes for bodies as they came. @default LIMITS.bodiesBytes */
  readonly bodiesBytes?: number;
  /** Bytes for what bodies become. @default LIMITS.workBytes */
  readonly workBytes?: number;
  /** How long a body may wait for bytes, in milliseconds. @default LIMITS.kafkaWaitMs */
  readonly waitMs?: number;
}

/** A source that asked so long ago no longer takes half of the memory from another one. */
const COMPANY_MS = 60_000;
/** A source that asked so long ago is not kept waiting by the work of another one. */
const PRESENT_MS = 50;

/**
 * What the sources share of one instance: memory for bodies and for what they become, and the event loop.
 *
 * @example
 * shares.began('shop');
 * const share = await shares.claim('shop', body);
 * try { … } finally { share?.end(); shares.ended('shop'); }
 */
export class Shares {
  readonly bodies: SourceBudget;
  readonly #work: SourceBudget;
  readonly #turns: Turns;
  readonly #asked = new AskedSources();
  readonly #now: () => number;
  readonly #waitMs: number;

  constructor(options: SharesOptions = {}) {
    const {
      now = () => performance.now(),
      bodiesBytes = LIMITS.bodiesBytes,
      workBytes = LIMITS.workBytes,
      waitMs = LIMITS.kafkaWaitMs,
    } = options;
    this.#now = now;
    this.#waitMs = waitMs;
    const hasCompany = (source: string): boolean => this.#askedWithin(source, COMPANY_MS);
    this.bodies = new SourceBudget({ bytes: bodiesBytes, hasCompany });
    this.#work = new SourceBudget({ bytes: workBytes, hasCompany });
    this.#turns = new Turns({ now, hasCompany: (source) => this.hasPresentCompany(source) });
  }

  /** A request of a source is let in; to be followed by {@link ended}. */
  began(source: string): void {
    this.#asked.began(source, this.#now());
  }

  /** A request of a source is answered, or given up. */
  ended(source: string): void {
    this.#asked.ended(source);
  }

  /** Whether a source other than this one is about right now. */
  hasPresentCompany(source: string): boolean {
    return this.#asked.isAnotherUnderWay(source) || this.#askedWithin(source, PRESENT_MS);
  }

  /**
   * Waits until there is memory for what a body becomes, and for the source's turn to parse it.
   *
   * @returns the share, which is to be ended; undefined where the memory did not become free in time
   */
  async claim(source: string, body: Buffer): Promise<Share | undefined> {
    const parsedBytes = weighJson(body);
    if (!(await this.#work.wait(source, parsedBytes + LIMITS.sliceBytes, this.#waitMs))) return undefined;
    const share = new Share({ source, parsedBytes, work: this.#work, turns: this.#turns, now: this.#now });
    await share.enter();
    return share;
  }

  #askedWithin(source: string, ms: number): boolean {
    return this.#asked.otherThan(source) > this.#now() - ms;
  }
}
