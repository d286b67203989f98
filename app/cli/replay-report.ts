import type { DeadLetter } from '../pubsub/dead-letters.ts';
import type { ReplayResult } from '../pubsub/replay.ts';

/** Letters that are listed one by one. */
const LISTED = 50;
const REASON_CHARACTERS = 120;
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

  /** Counts a letter. */
  add({ table, eventId, reason = 'unknown', publishedAt }: DeadLetter): void {
    const short = reason.slice(0, REASON_CHARACTERS);
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
      failure: failure?.message,
      tables: this.#tables,
      reasons: this.#reasons,
      rows: this.#listed,
    };
  }

  /** The same for a reader, as lines. */
  text({ replayed, left, stoppedBy, failure }: ReplayResult, dryRun: boolean): readonly string[] {
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
    ];
  }
}
