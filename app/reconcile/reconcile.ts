import type { WarehouseReader } from '../bigquery/port.ts';
import type { AppApi } from '../customerio/app-port.ts';
import type { EventStream, StreamMessage } from '../pubsub/port.ts';
import { CountedEvents, eventKey } from './counted-events.ts';
import { type ExpectedEvent, expectedEvents } from './expected-events.ts';
import { readPages } from './read-pages.ts';
import { goneOn, type ReconcileState, stateAfter } from './reconcile-state.ts';
import { refilledRow, type ToRows } from './refilled-row.ts';

/** What a reconciliation needs. */
export interface ReconcileParts {
  readonly api: Pick<AppApi, 'messages'>;
  readonly warehouse: WarehouseReader;
  /** Takes the rows of missing events; without it nothing is written. */
  readonly stream?: EventStream | undefined;
  /** Makes the rows of a missing event, as those of its webhook would have been made. */
  readonly toRows: ToRows;
  /** Only these metrics; all where absent. */
  readonly metrics?: readonly string[] | undefined;
  /** Most deliveries to look at in this run; a page without any counts as one. */
  readonly max: number;
  /** Seconds since 1970: a range that ends earlier, since it is of an earlier run, is followed by the one until then. */
  readonly until: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Called after each step, when what it found is refilled: keeps the state. */
  readonly save: (state: ReconcileState) => Promise<void>;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Rows that are published together. */
const ROWS = 200;

/** What one run keeps in mind. */
interface Run {
  readonly parts: ReconcileParts;
  /** Cursors of the range that is looked at. */
  readonly cursors: Set<string>;
  readonly counted: CountedEvents;
}

/** What the warehouse has of these deliveries, also from days around the range: an event may be told late. */
const knownOf = async (
  { warehouse, now }: ReconcileParts,
  state: ReconcileState,
  ids: readonly string[],
): Promise<ReadonlySet<string>> => {
  if (ids.length === 0) return new Set();
  const rows = await warehouse.rows({
    columns: ['delivery_id', 'metric'],
    anyOf: [{ column: 'delivery_id', values: ids }],
    from: state.from * 1000 - DAY_MS,
    to: now() + DAY_MS,
  });
  return new Set(rows.map((row) => eventKey(row['delivery_id'], row['metric'])));
};

const publish = async (stream: EventStream, rows: readonly StreamMessage[]): Promise<void> => {
  for (let at = 0; at < rows.length; at += ROWS) await stream.publish(rows.slice(at, at + ROWS));
};

interface Step {
  readonly state: ReconcileState;
  readonly spent: number;
}

const step = async (run: Run, state: ReconcileState, most: number): Promise<Step> => {
  const { api, stream, toRows, metrics, now } = run.parts;
  const { messages, next, isStuck, spent } = await readPages(api, state, most, run.cursors);
  const read = messages.map((message) => ({ message, ...expectedEvents(message) }));
  const stored = await knownOf(run.parts, state, [...new Set(messages.map(({ id }) => id))]);
  const known: ExpectedEvent[] = [];
  const missing: { readonly event: ExpectedEvent; readonly row: StreamMessage }[] = [];
  for (const { message, expected } of read) {
    for (const event of expected) {
      const key = eventKey(event.deliveryId, event.metric);
      const isAsked = metrics === undefined || metrics.includes(event.metric);
      // One that was missing a page ago is refilled now: it is counted as what it was.
      if (!isAsked || !run.counted.add(key)) continue;
      if (stored.has(key)) known.push(event);
      else {
        const row = refilledRow(message, event, now(), toRows);
        missing.push({ event, row: { table: 'delivery_events', row, eventId: row.event_id } });
      }
    }
  }
  if (stream !== undefined) {
    await publish(
      stream,
      missing.map(({ row }) => row),
    );
  }
  const found = {
    deliveries: messages.length,
    known,
    missing: missing.map(({ event }) => event),
    refilled: stream !== undefined,
    ignored: read.flatMap(({ ignored }) => ignored),
    next,
    isStuck,
  };
  return { state: stateAfter(state, found), spent };
};

/**
 * Compares what Customer.io knows of its deliveries with the warehouse and refills what is missing. An event is missing when no
 * row has its `delivery_id` and `metric`, whatever the row's `event_id`: so a refill never doubles a webhook that has come, nor an
 * earlier refill. A webhook that comes after its refill adds a row of its own id to the table; the view
 * `delivery_events_deduplicated` then leaves the refilled row out, as long as both are within 5 seconds, and the other views count a
 * delivery once anyway. The state is saved only once a step's rows are stored: a run that breaks off is taken up there, repeats at
 * most one step, and at the end of its range goes on until `until`, so that no time is left out between two runs.
 *
 * Events of people without a delivery, such as `customer:unsubscribed`, are not in Customer.io's list and cannot be refilled.
 *
 * An event counts once, however often its delivery is listed: the last million are kept in mind, and of an earlier run those that the
 * state lists as missing. Where Customer.io's list does not end, since its cursor does not move or comes again, the range ends there as `stuck`.
 *
 * @param state {@link newState}, or what was saved
 * @returns the state; `done` is false where `max` stopped it
 * @throws AppApiError, WarehouseReadError, and what the stream throws
 */
export const reconcile = async (parts: ReconcileParts, state: ReconcileState): Promise<ReconcileState> => {
  let current = goneOn(state, parts.until);
  const run: Run = { parts, cursors: new Set(), counted: new CountedEvents() };
  for (const { deliveryId, metric } of state.missing) run.counted.add(eventKey(deliveryId, metric));
  let left = parts.max;
  while (!current.done && left > 0) {
    const { state: after, spent } = await step(run, current, Math.min(left, parts.warehouse.mostValues));
    left -= spent;
    if (after.done) run.cursors.clear();
    current = goneOn(after, parts.until);
    await parts.save(current);
  }
  return current;
};
