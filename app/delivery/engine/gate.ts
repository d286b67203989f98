import type { HoldCode, Verdict } from './judge.ts';

/** Time as the engine sees it. `sleep` ends early, without an error, when its signal aborts. */
export interface Clock {
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** How often a held API is tried again, in milliseconds; the wait doubles from first to most. */
export interface ProbeSettings {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** Why nothing is sent: what an answer said, or that there is no credential to send with. */
export type HeldFor = HoldCode | 'credential_unset';

/** A lane that waits looks this often whether another lane's probe has opened the gate. */
const LOOK_AGAIN_MS = 1000;

/**
 * The gate of one API that all lanes pass before they send. A 429 closes it for all of them; a bad credential, region or
 * address closes it until a probe, one lane at a time, gets through. Without a credential it is closed until there is one.
 * The request budget joins here: a pass will also wait for its share.
 */
export class Gate {
  readonly #clock: Clock;
  readonly #settings: ProbeSettings;
  readonly #hasCredential: () => boolean;
  #pausedUntil = 0;
  #held: { readonly code: HoldCode; nextProbeAt: number; waitMs: number; probing: boolean } | undefined;
  /** How often the credential has changed: an answer to an older one says nothing of the present one. */
  #epoch = 0;
  #changed = new AbortController();

  constructor(clock: Clock, settings: ProbeSettings, hasCredential: () => boolean = () => true) {
    this.#clock = clock;
    this.#settings = settings;
    this.#hasCredential = hasCredential;
  }

  /** Why nothing is sent, if so. */
  get heldFor(): HeldFor | undefined {
    return this.#hasCredential() ? this.#held?.code : 'credential_unset';
  }

  /** Resolves when the caller may send one request, or when its signal aborts; gives what {@link answered} is to be told. */
  async pass(signal: AbortSignal): Promise<number> {
    for (let waitMs = this.#wait(); waitMs > 0 && !signal.aborted; waitMs = this.#wait()) {
      const woken = AbortSignal.any([signal, this.#changed.signal]);
      await this.#clock.sleep(Math.min(waitMs, LOOK_AGAIN_MS), woken);
    }
    if (this.#held && !signal.aborted) this.#held.probing = true;
    return this.#epoch;
  }

  /** Takes note of what an answer means for everybody; `epoch` is what the request's {@link pass} gave. */
  answered(verdict: Verdict, epoch: number = this.#epoch): void {
    if (epoch !== this.#epoch) return;
    if (verdict.kind === 'hold') this.#hold(verdict.code);
    else if (verdict.kind === 'retry') this.#stillHeld();
    else this.#held = undefined;
  }

  /** Nobody sends for so many milliseconds. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + ms);
  }

  /** The credential changed: a hold is probed at once, and waits begin anew. */
  credentialChanged(): void {
    this.#epoch += 1;
    if (this.#held) {
      const { code } = this.#held;
      const nextProbeAt = this.#clock.now();
      this.#held = { code, nextProbeAt, waitMs: this.#settings.firstMs, probing: false };
    }
    const changed = this.#changed;
    this.#changed = new AbortController();
    changed.abort();
  }

  #wait(): number {
    const now = this.#clock.now();
    if (!this.#hasCredential()) return LOOK_AGAIN_MS;
    if (now < this.#pausedUntil) return this.#pausedUntil - now;
    if (this.#held === undefined) return 0;
    return this.#held.probing ? this.#held.waitMs : Math.max(0, this.#held.nextProbeAt - now);
  }

  #hold(code: HoldCode): void {
    // Lanes that were in flight when the first one was refused say nothing new.
    if (this.#held && !this.#held.probing) return;
    const waitMs = Math.min(
      this.#settings.mostMs,
      this.#held ? this.#held.waitMs * 2 : this.#settings.firstMs,
    );
    this.#held = { code, waitMs, nextProbeAt: this.#clock.now() + waitMs, probing: false };
  }

  #stillHeld(): void {
    if (this.#held === undefined) return;
    this.#held.nextProbeAt = this.#clock.now() + this.#held.waitMs;
    this.#held.probing = false;
  }
}
