import { type ReconcileState, totals } from '../reconcile/reconcile-state.ts';
import { textTable } from './text-table.ts';

/** Missing events that are listed for a reader; JSON has up to a thousand. */
const SHOWN = 50;

const time = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** The one object of `reconcile --json`. */
export const reconcileJson = (state: ReconcileState, dryRun: boolean): string => {
  const { from, to, done, deliveries, metrics, ignored, missing } = state;
  return JSON.stringify({
    dryRun,
    since: time(from),
    until: time(to),
    stoppedBy: done ? undefined : 'max',
    deliveries,
    ...totals(state),
    metrics,
    ignored,
    missingEvents: missing.map((event) => ({ ...event, timestamp: time(event.timestamp) })),
  });
};

/** The same for a reader. */
export const reconcileText = (state: ReconcileState, dryRun: boolean): string => {
  const { from, to, done, deliveries, metrics, missing } = state;
  const { missing: count, refilled } = totals(state);
  const rows = Object.entries(metrics).map(([name, one]) => [name, one.known, one.missing, one.refilled]);
  const shown = missing.slice(0, SHOWN).map((event) => {
    const { deliveryId, objectType, metric, timestamp } = event;
    return `  ${time(timestamp)}  ${objectType}:${metric}  ${deliveryId}`;
  });
  return [
    `Deliveries from ${time(from)} to ${time(to)}: ${deliveries}.`,
    ...(rows.length > 0 ? [textTable(['event', 'known', 'missing', 'refilled'], rows).trimEnd()] : []),
    ...(shown.length > 0 ? ['Missing in the warehouse:', ...shown] : []),
    ...(count > shown.length ? [`  and ${count - shown.length} more`] : []),
    count === 0 ? 'Nothing is missing.' : `Events missing: ${count}, of which refilled: ${refilled}.`,
    ...(done ? [] : ['Stopped by --max: run it again to go on.']),
    ...(dryRun && count > 0 ? ['This was a dry run: --refill writes them.'] : []),
  ].join('\n');
};
