import type { FakeSettings, JournalEntry } from './fake-options.ts';
import { Faults } from './faults.ts';
import { Reporting, type ReportingStats } from './reporting/reporting.ts';
import { RequestLimit } from './request-limit.ts';
import { type FakeStats, Workspace } from './workspace.ts';

/** Everything that the fake counts. */
export type AllStats = FakeStats & ReportingStats & { readonly people: number };

/** Everything one fake remembers. */
export class FakeState {
  readonly settings: FakeSettings;
  readonly faults: Faults;
  readonly reporting: Reporting;
  readonly trackLimit: RequestLimit | undefined;
  readonly appLimit: RequestLimit | undefined;
  workspace: Workspace;
  #journal: JournalEntry[] = [];

  constructor(settings: FakeSettings) {
    this.settings = settings;
    this.faults = new Faults(settings.random);
    this.reporting = new Reporting(settings);
    const { rateLimit, appRateLimit, now } = settings;
    this.trackLimit = rateLimit && new RequestLimit(rateLimit, now);
    this.appLimit = appRateLimit ? new RequestLimit(appRateLimit, now) : undefined;
    this.workspace = this.#newWorkspace();
  }

  /** The latest requests, newest last. */
  get journal(): readonly JournalEntry[] {
    return this.#journal.slice(-this.settings.journalSize);
  }

  get stats(): AllStats {
    return { people: this.workspace.people.length, ...this.workspace.stats, ...this.reporting.stats };
  }

  note(entry: JournalEntry): void {
    this.#journal.push(entry);
    if (this.#journal.length > 2 * this.settings.journalSize) this.#journal = [...this.journal];
    this.settings.onRequest(entry);
  }

  /** Forgets people, events, journal, faults, deliveries and waiting webhooks; preconfigured webhooks stay. */
  reset(): void {
    this.workspace = this.#newWorkspace();
    this.faults.clear();
    this.reporting.reset();
    this.trackLimit?.reset();
    this.appLimit?.reset();
    this.#journal = [];
  }

  #newWorkspace(): Workspace {
    const workspace: Workspace = new Workspace({
      changed: (person, metric) => {
        const happening = { object_type: 'customer', metric, person: person.id ?? person.cioId };
        this.reporting.emit(happening, workspace);
      },
      reached: (deliveryId, metric, timestamp) => {
        this.reporting.emitFor(deliveryId, metric, workspace, {
          ...(timestamp !== undefined && { timestamp }),
        });
      },
    });
    return workspace;
  }
}
