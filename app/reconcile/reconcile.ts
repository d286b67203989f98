import type { WarehouseReader } from '../bigquery/port.ts';
import type { AppApi, AppMessage } from '../customerio/app-port.ts';
import type { EventStream, StreamMessage } from '../pubsub/port.ts';
import { type ExpectedEvent, expectedEvents } from './expected-events.ts';
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
  /** Most deliveries to look at in this run. */
  readonly max: number;
  /** Seconds since 1970: a range that ends earlier, since it is of an earlier run, is followed by the one until then. */
  readonly until: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Called after each step, when what it found is refilled: keeps the state. */
  readonly save: (state: ReconcileState) => Promise<void>;
}

const PAGE = 100;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Rows that are published together. */
const ROWS = 200;

interface Batch {
  readonly messages: readonly AppMessage[];
  readonly next: string | undefined;
}

/** As many deliveries as one query of the warehouse takes, or as there are. */
const batchOf = async (api: ReconcileParts['api'], state: ReconcileState, most: number): Promise<Batch> => {
  const messages: AppMessage[] = [];
  let next = state.next;
  do {
    const page = await api.messages({
      limit: Math.min(PAGE, most - messages.length),
      start_ts: state.from,
      end_ts: state.to,
      ...(next !== undefined && { start: next }),
    });
    messages.push(...page.messages);
    next = page.next;
  } while (next !== undefined && messages.length < most);
  return { messages, next };
};

const keyOf = (deliveryId: unknown, metric: unknown): string => JSON.stringify([deliveryId, metric]);

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
  return new Set(rows.map((row) => keyOf(row['delivery_id'], row['metric'])));
};

const publish = async (stream: EventStream, rows: readonly StreamMessage[]): Promise<void> => {
  for (let at = 0; at < rows.length; at += ROWS) await stream.publish(rows.slice(at, at + ROWS));
};

const step = async (parts: ReconcileParts, state: ReconcileState, most: number): Promise<ReconcileState> => {
  const { api, stream, toRows, metrics, now } = parts;
  const { messages, next } = await batchOf(api, state, most);
  const read = messages.map((message) => ({ message, ...expectedEvents(message) }));
  const asked = (event: ExpectedEvent): boolean => metrics === undefined || metrics.includes(event.metric);
  const known = await knownOf(parts, state, [...new Set(messages.map(({ id }) => id))]);
  const isKnown = (event: ExpectedEvent): boolean => known.has(keyOf(event.deliveryId, event.metric));
  const expected = read.flatMap((one) => one.expected.filter(asked));
  const rows = read.flatMap(({ message, expected: events }) =>
    events
      .filter((event) => asked(event) && !isKnown(event))
      .map((event): StreamMessage => {
        const row = refilledRow(message, event, now(), toRows);
        return { table: 'delivery_events', row, eventId: row.event_id };
      }),
  );
  if (stream !== undefined) await publish(stream, rows);
  return stateAfter(state, {
    deliveries: messages.length,
    known: expected.filter(isKnown),
    missing: expected.filter((event) => !isKnown(event)),
    refilled: stream !== undefined,
    ignored: read.flatMap(({ ignored }) => ignored),
    next,
  });
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
 * @param state {@link newState}, or what was saved
 * @returns the state; `done` is false where `max` stopped it
 * @throws AppApiError, WarehouseReadError, and what the stream throws
 */
export const reconcile = async (parts: ReconcileParts, state: ReconcileState): Promise<ReconcileState> => {
  let current = goneOn(state, parts.until);
  let left = parts.max;
  while (!current.done && left > 0) {
    const after = await step(parts, current, Math.min(left, parts.warehouse.mostValues));
    left -= after.deliveries - current.deliveries;
    current = goneOn(after, parts.until);
    await parts.save(current);
  }
  return current;
};
