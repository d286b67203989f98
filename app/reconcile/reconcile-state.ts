import type { ExpectedEvent } from './expected-events.ts';

/** Counts of one kind of event. */
export interface MetricCounts {
  /** In the warehouse. */
  readonly known: number;
  /** Not in it, refilled ones included. */
  readonly missing: number;
  readonly refilled: number;
}

/** A time from one second since 1970 to another, both included. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** How far a reconciliation is, with all it has found: what is kept between runs. */
export interface ReconcileState extends TimeRange {
  readonly v: 1;
  /** What it was asked to do: another request does not go on with it. */
  readonly asked: string;
  /** Ranges that it has looked at to their ends before this one, oldest first; each begins where the one before ends. */
  readonly before: readonly TimeRange[];
  /** Where the next page begins; absent before the first. */
  readonly next?: string;
  /** Nothing is left to look at in this range. */
  readonly done: boolean;
  /** Whether a range ended because the list of Customer.io does not: its cursor came again. */
  readonly stuck?: true;
  /** How many were looked at. */
  readonly deliveries: number;
  /** By `email:sent` and so on. */
  readonly metrics: Readonly<Record<string, MetricCounts>>;
  /** Metrics that no webhook reports, `no metrics` among them, and how many deliveries have them. */
  readonly ignored: Readonly<Record<string, number>>;
  /** The first {@link LISTED} that are missing. */
  readonly missing: readonly ExpectedEvent[];
}

/** Missing events that are listed one by one: the others are counted only. */
export const LISTED = 1_000;

/**
 * The state before the first page.
 *
 * @param asked what makes two runs the same reconciliation
 * @param from deliveries made then or later: seconds since 1970
 * @param to deliveries made then or before: seconds since 1970
 */
export const newState = (asked: string, from: number, to: number): ReconcileState => ({
  v: 1,
  asked,
  from,
  to,
  before: [],
  done: false,
  deliveries: 0,
  metrics: {},
  ignored: {},
  missing: [],
});

/**
 * Where a range is done, the state that goes on from its end until a later time; else the state as it is. The ranges have the
 * second between them in common: when the first was looked at, that second was perhaps not over.
 *
 * @param until seconds since 1970
 */
export const goneOn = (state: ReconcileState, until: number): ReconcileState => {
  const { from, to, before, done } = state;
  return done && until > to
    ? { ...state, from: to, to: until, before: [...before, { from, to }], done: false }
    : state;
};

/** All ranges that it has looked at, oldest first; the last one perhaps not to its end. */
export const rangesOf = ({ before, from, to }: ReconcileState): readonly TimeRange[] => [
  ...before,
  { from, to },
];

/** What one step found. */
export interface Found {
  readonly deliveries: number;
  readonly known: readonly ExpectedEvent[];
  readonly missing: readonly ExpectedEvent[];
  readonly refilled: boolean;
  readonly ignored: readonly string[];
  readonly next: string | undefined;
  /** Whether it ends here because the cursor came again. */
  readonly isStuck: boolean;
}

const NONE: MetricCounts = { known: 0, missing: 0, refilled: 0 };

const counted = (
  metrics: Readonly<Record<string, MetricCounts>>,
  { known, missing, refilled }: Found,
): Readonly<Record<string, MetricCounts>> => {
  const counts = new Map(Object.entries(metrics));
  const add = ({ objectType, metric }: ExpectedEvent, one: MetricCounts): void => {
    const name = `${objectType}:${metric}`;
    const before = counts.get(name) ?? NONE;
    counts.set(name, {
      known: before.known + one.known,
      missing: before.missing + one.missing,
      refilled: before.refilled + one.refilled,
    });
  };
  for (const event of known) add(event, { ...NONE, known: 1 });
  for (const event of missing) add(event, { ...NONE, missing: 1, refilled: refilled ? 1 : 0 });
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
};

/** The state after a step. */
export const stateAfter = (state: ReconcileState, found: Found): ReconcileState => {
  const { next: _before, ...rest } = state;
  const ignored = { ...state.ignored };
  for (const name of found.ignored) ignored[name] = (ignored[name] ?? 0) + 1;
  return {
    ...rest,
    ...(found.next !== undefined && { next: found.next }),
    done: found.next === undefined,
    ...(found.isStuck && { stuck: true as const }),
    deliveries: state.deliveries + found.deliveries,
    metrics: counted(state.metrics, found),
    ignored,
    missing: [...state.missing, ...found.missing].slice(0, LISTED),
  };
};

/** Sums over the metrics. */
export const totals = ({ metrics }: ReconcileState): MetricCounts =>
  Object.values(metrics).reduce(
    (sum, one) => ({
      known: sum.known + one.known,
      missing: sum.missing + one.missing,
      refilled: sum.refilled + one.refilled,
    }),
    NONE,
  );
