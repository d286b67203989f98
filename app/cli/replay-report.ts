import type { DeadLetter } from '../pubsub/dead-letters.ts';
import type { ReplayResult } from '../pubsub/replay.ts';
import { cutToWidth } from './text-width.ts';

/** Letters that are listed one by one. */
const LISTED = 50;
/** Of a reason, which may name values. */
const REASON_CELLS = 120;
/** Reasons that are counted apart: they may name values. */
const REASONS = 20;
const OTHER = 'other';

const STOPS: Readonly<Record<NonNullable<ReplayResult['stoppedBy']>, string>> = {
  max: 'Stopped by --max: there are more.',
  time: 'Stopped by --within: there may be more.',
  memory:
    'Stopped: too many rows do not match to keep them in mind. Empty the subscription or widen the filter.',
};

const add = (counts: Record<string, number>, name: string): void => {
  counts[name] = (counts[name] ?? 0) + 1;
};

/** Counts what is put back, in bounded memory, and tells it in the end. */
export class ReplayReport {
  readonly #tables: Record<string, number> = {};
  readonly #reasons: Record<string, number> = {};
  readonly #listed: object[] = [];
  #count = 0;

  /** Counts a letter. */
  add({ table, eventId, reason = 'unknown', publishedAt }: DeadLetter): void {
    const short = cutToWidth(reason, REASON_CELLS);
    this.#count += 1;
    const isKnown = Object.hasOwn(this.#reasons, short) || Object.keys(this.#reasons).length < REASONS;
    add(this.#tables, table ?? 'unknown');
    add(this.#reasons, isKnown ? short : OTHER);
    if (this.#listed.length >= LISTED) return;
    this.#listed.push({ table, eventId, publishedAt: new Date(publishedAt).toISOString(), reason: short });
  }

  /** The one object of `--json`. */
  json(result: ReplayResult, dryRun: boolean): object {
    const { replayed, left, stoppedBy, failure } = result;
    return {
      dryRun,
      replayed,
      left,
      stoppedBy,
      ...(this.#isCut(result) && { truncated: true }),
      failure: failure?.message,
      tables: this.#tables,
      reasons: this.#reasons,
      rows: this.#listed,
    };
  }

  /** The same for a reader, as lines. */
  text(result: ReplayResult, dryRun: boolean): readonly string[] {
    const { replayed, left, stoppedBy, failure } = result;
    const done = dryRun ? 'would be put back' : 'were put back';
    const counts = (of: Record<string, number>): string[] =>
      Object.entries(of).map(([name, count]) => `  ${String(count).padStart(7)}  ${name}`);
    const rows = this.#listed.map((row) => `  ${Object.values(row).join('  ')}`);
    return [
      ...(dryRun ? rows : []),
      `${replayed} rows ${done}, ${left} do not match and stay.`,
      ...(replayed > 0 ? ['By table:', ...counts(this.#tables), 'By reason:', ...counts(this.#reasons)] : []),
      ...(stoppedBy === undefined ? [] : [STOPS[stoppedBy]]),
      ...(failure === undefined
        ? []
        : [`Failed: ${failure.message}. What was not put back stays; run it again.`]),
      ...(dryRun && failure === undefined ? ['This was a dry run: --yes does it.'] : []),
      ...(stoppedBy !== undefined || (dryRun && this.#isCut(result)) ? [this.#cutLine(result)] : []),
    ];
  }

  /** Whether there are more than it saw, or than it lists. */
  #isCut({ stoppedBy }: ReplayResult): boolean {
    return stoppedBy !== undefined || this.#count > this.#listed.length;
  }

  #cutLine({ stoppedBy }: ReplayResult): string {
    const listed = `${this.#listed.length} of ${this.#count} rows are listed`;
    return `truncated: ${stoppedBy === undefined ? listed : 'not every row was looked at'}`;
  }
}
