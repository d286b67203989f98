import { setImmediate } from 'node:timers/promises';
import { LIMITS } from '../contract/limits.ts';
import { weighJson } from '../runtime/weigh-json.ts';
import { AskedSources } from './asked-sources.ts';
import { Share } from './share.ts';
import { SourceBudget, UNIDENTIFIED } from './source-budget.ts';
import { Turns } from './turns.ts';

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
/** A body below this is weighed at once. */
const LIGHT_BYTES = 25_000;

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
  #unidentifiedAt = Number.NEGATIVE_INFINITY;

  constructor(options: SharesOptions = {}) {
    const {
      now = () => performance.now(),
      bodiesBytes = LIMITS.bodiesBytes,
      workBytes = LIMITS.workBytes,
      waitMs = LIMITS.kafkaWaitMs,
    } = options;
    this.#now = now;
    this.#waitMs = waitMs;
    const hasCompany = (source: string): boolean =>
      this.#askedWithin(source, COMPANY_MS) || this.#unidentifiedAt > now() - COMPANY_MS;
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

  /** A request comes whose sender is still to be found: memory is kept free for it, as for another source. */
  beganUnidentified(): void {
    this.#unidentifiedAt = this.#now();
  }

  /**
   * Finds whose a body is, once there is memory to decompress it and the turn of those who are not known yet has come: they have a
   * quarter of the memory and, while sources are about, of the time.
   *
   * @returns undefined where the memory did not become free in time
   */
  async identify<Found>(find: () => Found): Promise<Found | undefined> {
    if (!(await this.#work.wait(UNIDENTIFIED, LIMITS.batchBytes, this.#waitMs))) return undefined;
    return this.inTurn(UNIDENTIFIED, find).finally(() => this.#work.give(UNIDENTIFIED, LIMITS.batchBytes));
  }

  /** Does a piece of work for a source when its turn has come. */
  async inTurn<Done>(source: string, work: () => Done): Promise<Done> {
    await this.#turns.enter(source);
    await setImmediate();
    const startedAt = this.#now();
    try {
      return work();
    } finally {
      this.#turns.leave(source, startedAt);
    }
  }

  /**
   * Waits until there is memory for what a body becomes, and for the source's turn to parse it.
   *
   * @returns the share, which is to be ended; undefined where the memory did not become free in time
   */
  async claim(source: string, body: Buffer): Promise<Share | undefined> {
    const weigh = (): number => weighJson(body);
    const parsedBytes = body.length < LIGHT_BYTES ? weigh() : await this.inTurn(source, weigh);
    if (!(await this.#work.wait(source, parsedBytes + LIMITS.sliceBytes, this.#waitMs))) return undefined;
    const share = new Share({ source, parsedBytes, work: this.#work, turns: this.#turns, now: this.#now });
    await share.enter();
    return share;
  }

  #askedWithin(source: string, ms: number): boolean {
    return this.#asked.otherThan(source) > this.#now() - ms;
  }
}
