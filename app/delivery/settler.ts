import { BusError, type OutgoingRecord } from '../kafka/port.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Clock } from './engine/gate.ts';
import type { Outcome } from './outcome.ts';
import { deadLetterRecord, processedRecords } from './outcome-records.ts';

/** What the settler needs. */
export interface SettlerOptions {
  readonly publish: (records: readonly OutgoingRecord[]) => Promise<void>;
  /** Marks a record as settled, once its dead letter and processed record are safe. */
  readonly settled: (outcome: Outcome) => void;
  readonly group: string;
  readonly processed: 'event' | 'batch' | 'off';
  readonly clock: Clock;
  readonly retryMs: number;
  readonly logger: Logger;
  /** Ends the retries; what is not settled by then is read again. */
  readonly signal: AbortSignal;
}

/**
 * The one place where records settle: dead letters and processed records by group commit, then the ledger of offsets.
 * While one write is under way, outcomes gather for the next.
 */
export class Settler {
  readonly #options: SettlerOptions;
  #waiting: Outcome[][] = [];
  #running: Promise<void> | undefined;

  constructor(options: SettlerOptions) {
    this.#options = options;
  }

  /** Takes the outcomes of one request. */
  settle(outcomes: Outcome[]): void {
    this.#waiting.push(outcomes);
    this.#running ??= this.#run();
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    await Promise.resolve();
    while (this.#waiting.length > 0 && !this.#options.signal.aborted) {
      const group = this.#waiting;
      this.#waiting = [];
      if (await this.#write(group)) for (const outcome of group.flat()) this.#options.settled(outcome);
    }
    this.#running = undefined;
  }

  #recordsOf(group: readonly Outcome[][]): OutgoingRecord[] {
    const at = new Date(this.#options.clock.now()).toISOString();
    const dead = group
      .flat()
      .filter((outcome) => outcome.kind === 'rejected')
      .map((outcome) => deadLetterRecord(outcome, this.#options.group));
    return [...dead, ...group.flatMap((outcomes) => processedRecords(outcomes, this.#options.processed, at))];
  }

  async #write(group: readonly Outcome[][]): Promise<boolean> {
    const { signal, publish, clock, retryMs, logger } = this.#options;
    const records = this.#recordsOf(group);
    while (!signal.aborted) {
      try {
        await publish(records);
        return true;
      } catch (error) {
        const code = error instanceof BusError ? error.code : 'unknown';
        logger.error({ code, err: error, records: records.length }, 'settle.failed');
        await clock.sleep(retryMs, signal);
      }
    }
    return false;
  }
}
