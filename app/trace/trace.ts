import type { RowQuery, StrayTable, WarehouseSearch } from '../bigquery/port.ts';
import { TOPICS, type Topic } from '../contract/topics.ts';
import type { EventColumn } from '../contract/warehouse.ts';
import { MOST_STEPS, NewestSteps } from './newest-steps.ts';
import { orderSteps } from './order-steps.ts';
import { type ReadableBus, type ReadLimits, readLog } from './read-log.ts';
import type { Trace, TraceStep } from './trace-step.ts';
import { type EventIdOf, processedSteps, recordStep } from './traced-event.ts';
import { MESSAGE_COLUMNS, MESSAGE_IDS, messageStep, strayStep } from './traced-row.ts';

/** Where to look; what is absent is passed over. */
export interface TraceStores {
  readonly bus?: ReadableBus | undefined;
  readonly warehouse?: WarehouseSearch | undefined;
  readonly eventIdOf: EventIdOf;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const READ = ['identify', 'track', 'dlq'] as const;

/** Redelivered webhooks differ in nothing but their request. */
const keyOf = ({ correlationId, ...step }: TraceStep): string =>
  JSON.stringify(step.kind === 'message' ? step : { ...step, correlationId });

const distinct = (steps: readonly TraceStep[]): readonly TraceStep[] => [
  ...new Map(steps.map((step) => [keyOf(step), step])).values(),
];

type Id = 'eventId' | 'deliveryId';

/** Events that were rejected and have no dead letter among the steps. */
const unexplained = (steps: readonly TraceStep[]): readonly string[] => {
  const dead = new Set(steps.flatMap(({ kind, eventId }) => (kind === 'dead' ? [eventId] : [])));
  return steps.flatMap(({ kind, what, eventId }) => {
    const isRejected = kind === 'processed' && !what.startsWith('delivered');
    return isRejected && eventId !== undefined && !dead.has(eventId) ? [eventId] : [];
  });
};

/** One search for one id through all stores. */
class Search {
  readonly steps: TraceStep[] = [];
  readonly searched: Record<string, boolean> = {};
  readonly #term: string;
  readonly #stores: TraceStores;
  readonly #limits: ReadLimits;
  readonly #range: { readonly from: number; readonly to: number };

  constructor(term: string, stores: TraceStores, limits: ReadLimits, now: number) {
    this.#term = term;
    this.#stores = stores;
    this.#limits = limits;
    this.#range = { from: limits.since, to: now + DAY_MS };
  }

  /** Messages by columns in which one of the values stands. */
  async messages(columns: readonly EventColumn[], values: readonly string[]): Promise<readonly TraceStep[]> {
    const { warehouse } = this.#stores;
    if (warehouse === undefined) return [];
    const found: TraceStep[] = [];
    for (const some of this.#parts('delivery_events', values, warehouse.mostValues)) {
      const anyOf = columns.map((column) => ({ column, values: some }));
      const query: RowQuery = { columns: MESSAGE_COLUMNS, anyOf, ...this.#range };
      const { rows, complete } = await warehouse.newest(query, MOST_STEPS);
      found.push(...rows.map(messageStep));
      this.#note('delivery_events', complete);
    }
    this.steps.push(...found);
    return found;
  }

  /** Webhooks that are no delivery event, by any of the ids. */
  async strays(ids: readonly string[]): Promise<void> {
    const { warehouse } = this.#stores;
    if (warehouse === undefined) return;
    for (const some of this.#parts('quarantine', ids, warehouse.mostValues)) {
      const found = await warehouse.strays({ ids: some, ...this.#range }, MOST_STEPS);
      for (const table of Object.keys(found) as StrayTable[]) {
        this.steps.push(...(found[table]?.rows ?? []).map((row) => strayStep(table, row)));
        this.#note(table, found[table]?.complete ?? false);
      }
    }
  }

  /** Records in which any id is one of the terms. */
  async records(topic: Topic, terms: ReadonlySet<string>): Promise<void> {
    await this.#read(topic, (record, found) => {
      const step = recordStep(record, this.#stores.eventIdOf);
      const ids = [step.eventId, step.messageId, step.correlationId, step.person, record.key];
      if (ids.some((id) => id !== undefined && id !== null && terms.has(id))) found.add(step);
    });
  }

  /** What became of the events with these ids, and of those of the person who is looked for. */
  async outcomes(ids: ReadonlySet<string>): Promise<void> {
    await this.#read('processed', (record, found) => {
      for (const step of processedSteps(record)) {
        if (ids.has(step.eventId ?? '') || step.person === this.#term) found.add(step);
      }
    });
  }

  /** Ids of what was found, newest first. */
  ids(id: Id, steps: readonly TraceStep[] = this.steps): readonly string[] {
    const newest = steps.toSorted((a, b) => b.at - a.at);
    return [...new Set(newest.flatMap((step) => step[id] ?? []))].filter((found) => found !== this.#term);
  }

  async #read(
    topic: Topic,
    onRecord: (record: Parameters<typeof recordStep>[0], found: NewestSteps) => void,
  ): Promise<void> {
    const { bus } = this.#stores;
    if (bus === undefined) return;
    const { name } = TOPICS[topic];
    // All topics are noted before the first is read, so that they always stand in the same order.
    this.#note(name, true);
    const found = new NewestSteps();
    const isRead = await readLog(bus, name, this.#limits, (record) => onRecord(record, found));
    this.steps.push(...found.steps);
    this.#note(name, isRead && found.isWhole);
  }

  /** The first so many of the values, in parts that a query may hold. */
  #parts(table: string, values: readonly string[], size: number): readonly (readonly string[])[] {
    const some = values.slice(0, MOST_STEPS);
    if (some.length < values.length) this.#note(table, false);
    return Array.from({ length: Math.ceil(some.length / size) }, (_none, index) =>
      some.slice(index * size, (index + 1) * size),
    );
  }

  #note(store: string, complete: boolean): void {
    this.searched[store] = (this.searched[store] ?? true) && complete;
  }
}

/**
 * Everything that is known of a message id, event id, correlation id, delivery id or person, joined by the event id and the
 * delivery id: the warehouse is asked for the term, Kafka is read for it and for the events of its messages, then the outcomes
 * of the events that were found, their other messages, and webhooks about them that are no delivery event. Of each store the
 * newest 1,000.
 *
 * @param now milliseconds since 1970
 * @throws BusError, WarehouseReadError
 * @example (await trace('m1', { bus, eventIdOf }, limits, Date.now())).steps
 */
export const trace = async (
  term: string,
  stores: TraceStores,
  limits: ReadLimits,
  now: number,
): Promise<Trace> => {
  const search = new Search(term, stores, limits, now);
  const named = await search.messages(MESSAGE_IDS, [term]);
  // A person's events are found by the person; those of a delivery or a webhook are what it is about.
  const about = named.filter(({ person }) => person !== term);
  const terms = new Set([term, ...search.ids('eventId', about)]);
  await Promise.all(READ.map((topic) => search.records(topic, terms)));
  await search.outcomes(new Set([...terms, ...search.ids('eventId')]));
  // A dead letter may have come since, or hold no id but the event's: that of a very large record does.
  const rejected = unexplained(search.steps);
  if (rejected.length > 0) await search.records('dlq', new Set(rejected));
  await search.messages(['trigger_event_id'], search.ids('eventId'));
  await search.messages(['delivery_id'], search.ids('deliveryId', about));
  const rest = search.steps.filter(({ person }) => person !== term);
  await search.strays([term, ...search.ids('eventId', rest), ...search.ids('deliveryId', rest)]);
  return { steps: orderSteps(distinct(search.steps)), searched: search.searched };
};
