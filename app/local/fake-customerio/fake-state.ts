import type { FakeSettings, JournalEntry } from './fake-options.ts';
import { Faults } from './faults.ts';
import { Workspace } from './workspace.ts';

/** Everything one fake remembers. */
export class FakeState {
  readonly settings: FakeSettings;
  readonly faults: Faults;
  workspace = new Workspace();
  #journal: JournalEntry[] = [];
  #windowStart = 0;
  #inWindow = 0;

  constructor(settings: FakeSettings) {
    this.settings = settings;
    this.faults = new Faults(settings.random);
  }

  /** The latest requests, newest last. */
  get journal(): readonly JournalEntry[] {
    return this.#journal.slice(-this.settings.journalSize);
  }

  note(entry: JournalEntry): void {
    this.#journal.push(entry);
    if (this.#journal.length > 2 * this.settings.journalSize) this.#journal = [...this.journal];
    this.settings.onRequest(entry);
  }

  /** Forgets people, events, journal and faults. */
  reset(): void {
    this.workspace = new Workspace();
    this.faults.clear();
    this.#journal = [];
    this.#inWindow = 0;
  }

  /** Counts a request against the rate limit; the whole seconds to wait when it is above. */
  overLimit(): number | undefined {
    const { rateLimit, now } = this.settings;
    if (!rateLimit) return undefined;
    if (now() - this.#windowStart >= rateLimit.windowMs) {
      this.#windowStart = now();
      this.#inWindow = 0;
    }
    this.#inWindow += 1;
    if (this.#inWindow <= rateLimit.requests) return undefined;
    return Math.max(1, Math.ceil((this.#windowStart + rateLimit.windowMs - now()) / 1000));
  }
}
