import { type ReconcileState, rangesOf, type TimeRange, totals } from '../reconcile/reconcile-state.ts';
import { textTable } from './text-table.ts';

/** Missing events that are listed for a reader; JSON has up to a thousand. */
const SHOWN = 50;

/** Kinds of what is not compared that are listed for a reader. */
const KINDS = 20;

const time = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** From the beginning of the first range to the end of the last. */
const wholeOf = (state: ReconcileState): TimeRange => ({
  from: rangesOf(state)[0]?.from ?? state.from,
  to: state.to,
});

const rangeLines = (state: ReconcileState): readonly string[] => {
  const ranges = rangesOf(state);
  const lines = ranges.map(({ from, to }) => `  ${time(from)} to ${time(to)}`);
  const end = state.done ? '' : ', not to its end';
  return ranges.length < 2
    ? []
    : ['One range after another:', ...lines.slice(0, -1), `${lines.at(-1)}${end}`];
};

const ignoredLines = ({ ignored }: ReconcileState): readonly string[] => {
  const kinds = Object.entries(ignored).slice(0, KINDS);
  const told = kinds.map(([name, count]) => `${name} ${count}`).join(', ');
  return kinds.length === 0 ? [] : [`Not compared: ${told}.`];
};

type Stop = 'max' | 'cursor';

const stoppedBy = ({ done, stuck }: ReconcileState): Stop | undefined => {
  if (!done) return 'max';
  return stuck ? 'cursor' : undefined;
};

const STOPS: Readonly<Record<Stop, string>> = {
  max: 'stopped by --max: run it again to go on',
  cursor:
    'the list of Customer.io does not end, its cursor came again: what it has beyond was not looked at; run it again later',
};

/** @param listed how many missing events are listed */
const cutLines = (state: ReconcileState, listed: number): readonly string[] => {
  const stop = stoppedBy(state);
  const count = totals(state).missing;
  if (stop !== undefined) return [`truncated, ${STOPS[stop]}`];
  return count > listed ? [`truncated, listed are the first ${listed} of ${count} missing events`] : [];
};

/** The one object of `reconcile --json`. */
export const reconcileJson = (state: ReconcileState, dryRun: boolean): object => {
  const { deliveries, metrics, ignored, missing } = state;
  const { from, to } = wholeOf(state);
  return {
    dryRun,
    since: time(from),
    until: time(to),
    ranges: rangesOf(state).map((range) => ({ since: time(range.from), until: time(range.to) })),
    stoppedBy: stoppedBy(state),
    ...(cutLines(state, missing.length).length > 0 && { truncated: true }),
    deliveries,
    ...totals(state),
    metrics,
    ignored,
    missingEvents: missing.map((event) => ({ ...event, timestamp: time(event.timestamp) })),
  };
};

/** The same for a reader, as lines. */
export const reconcileText = (state: ReconcileState, dryRun: boolean): readonly string[] => {
  const { deliveries, metrics, missing } = state;
  const { from, to } = wholeOf(state);
  const { missing: count, refilled } = totals(state);
  const rows = Object.entries(metrics).map(([name, one]) => [name, one.known, one.missing, one.refilled]);
  const shown = missing.slice(0, SHOWN).map((event) => {
    const { deliveryId, objectType, metric, timestamp } = event;
    return `  ${time(timestamp)}  ${objectType}:${metric}  ${deliveryId}`;
  });
  return [
    `Deliveries from ${time(from)} to ${time(to)}: ${deliveries}.`,
    ...rangeLines(state),
    ...(rows.length > 0 ? textTable(['event', 'known', 'missing', 'refilled'], rows) : []),
    ...(shown.length > 0 ? ['Missing in the warehouse:', ...shown] : []),
    ...(count > shown.length ? [`  and ${count - shown.length} more`] : []),
    ...ignoredLines(state),
    count === 0 ? 'Nothing is missing.' : `Events missing: ${count}, of which refilled: ${refilled}.`,
    ...(dryRun && count > 0 ? ['This was a dry run: --refill writes them.'] : []),
    ...cutLines(state, shown.length),
  ];
};
