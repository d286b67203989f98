import type { WarehouseReader, WarehouseRow } from '../bigquery/port.ts';
import { TOPICS, type Topic } from '../contract/topics.ts';
import type { EventColumn } from '../contract/warehouse.ts';
import type { Bus, BusRecord } from '../kafka/port.ts';
import { type ReadLimits, readLog } from './read-log.ts';
import { deadLetterWords, idsOf, processedRows, type RecordIds } from './traced-event.ts';

/** One thing that happened, with every id that is known of it. */
export interface TraceStep extends RecordIds {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** A topic, or `delivery_events`. */
  readonly where: string;
  readonly kind: 'accepted' | 'dead' | 'processed' | 'message';
  /** What happened, in words. */
  readonly what: string;
  readonly deliveryId?: string;
}

/** What is known of an id. */
export interface Trace {
  /** Oldest first. */
  readonly steps: readonly TraceStep[];
  /** What was looked at; false: not to its end. */
  readonly searched: Readonly<Record<string, boolean>>;
}

/** Where to look; what is absent is passed over. */
export interface TraceStores {
  readonly bus?: Bus | undefined;
  readonly warehouse?: WarehouseReader | undefined;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const COLUMNS = [
  'delivery_id',
  'trigger_event_id',
  'person_id',
  'object_type',
  'metric',
  'timestamp',
  'failure_message',
  'refilled',
] as const satisfies readonly EventColumn[];

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

const messageStep = (row: WarehouseRow): TraceStep => {
  const reason = text(row['failure_message']);
  const eventId = text(row['trigger_event_id']);
  const person = text(row['person_id']);
  const deliveryId = text(row['delivery_id']);
  return {
    at: Date.parse(String(row['timestamp'])),
    where: 'delivery_events',
    kind: 'message',
    what: `${row['object_type']} ${row['metric']}${reason ? `: ${reason}` : ''}${row['refilled'] === true ? ' (refilled)' : ''}`,
    ...(eventId && { eventId }),
    ...(person && { person }),
    ...(deliveryId && { deliveryId }),
  };
};

const rowsBy = async (
  warehouse: WarehouseReader | undefined,
  columns: readonly EventColumn[],
  values: readonly string[],
  since: number,
  now: number,
): Promise<readonly TraceStep[]> => {
  if (warehouse === undefined || values.length === 0) return [];
  const found: TraceStep[] = [];
  for (let at = 0; at < values.length; at += warehouse.mostValues) {
    const some = values.slice(at, at + warehouse.mostValues);
    const anyOf = columns.map((column) => ({ column, values: some }));
    const rows = await warehouse.rows({ columns: COLUMNS, anyOf, from: since, to: now + DAY_MS });
    found.push(...rows.map(messageStep));
  }
  return found;
};

const recordStep = (record: BusRecord, isDead: boolean): TraceStep => {
  const { topic, partition, offset, timestamp: at } = record;
  const ids = idsOf(record);
  const place = `partition ${partition}, offset ${offset}`;
  if (!isDead)
    return {
      at,
      where: topic,
      kind: 'accepted',
      what: `${ids.type ?? 'a record'} accepted (${place})`,
      ...ids,
    };
  const { code, stage, message } = deadLetterWords(record);
  return { at, where: topic, kind: 'dead', what: `${code} at stage ${stage}: ${message} (${place})`, ...ids };
};

/** Records in which any id is one of those that are looked for. */
const recordsOf = async (
  bus: Bus,
  topic: Topic,
  terms: ReadonlySet<string>,
  limits: ReadLimits,
): Promise<{ readonly steps: readonly TraceStep[]; readonly complete: boolean }> => {
  const steps: TraceStep[] = [];
  const { complete } = await readLog(bus, TOPICS[topic].name, limits, (record) => {
    const step = recordStep(record, topic === 'dlq');
    const ids = [step.eventId, step.messageId, step.correlationId, step.person, record.key];
    if (ids.some((id) => id !== undefined && id !== null && terms.has(id))) steps.push(step);
  });
  return { steps, complete };
};

const outcomesOf = async (
  bus: Bus,
  eventIds: ReadonlySet<string>,
  limits: ReadLimits,
): Promise<{ readonly steps: readonly TraceStep[]; readonly complete: boolean }> => {
  const steps: TraceStep[] = [];
  const where = TOPICS.processed.name;
  const { complete } = await readLog(bus, where, limits, (record) => {
    for (const { key, id, outcome } of processedRows(record)) {
      if (!eventIds.has(id)) continue;
      const what = outcome === 'delivered' ? 'delivered to Customer.io' : outcome;
      const step = { at: record.timestamp, where, kind: 'processed' as const, what, eventId: id };
      steps.push({ ...step, ...(key !== undefined && { person: key }) });
    }
  });
  return { steps, complete };
};

const idsIn = (steps: readonly TraceStep[]): ReadonlySet<string> =>
  new Set(steps.flatMap(({ eventId }) => (eventId === undefined ? [] : [eventId])));

const distinct = (steps: readonly TraceStep[]): readonly TraceStep[] =>
  [...new Map(steps.map((step) => [JSON.stringify(step), step])).values()].sort((a, b) => a.at - b.at);

const READ = ['identify', 'track', 'dlq'] as const;

/**
 * Everything that is known of a message id, event id, correlation id, delivery id or person, joined by the event id: the
 * warehouse is asked for the term, Kafka is read for it and for the events of its deliveries, then the outcomes and the messages
 * of the events that were found.
 *
 * @param now milliseconds since 1970
 * @throws BusError, WarehouseReadError
 */
export const trace = async (
  term: string,
  { bus, warehouse }: TraceStores,
  limits: ReadLimits,
  now: number,
): Promise<Trace> => {
  const { since } = limits;
  const named = await rowsBy(warehouse, ['delivery_id', 'person_id', 'trigger_event_id'], [term], since, now);
  const searched: Record<string, boolean> = warehouse === undefined ? {} : { delivery_events: true };
  const ofDelivery = named.filter(({ deliveryId }) => deliveryId === term);
  const terms = new Set([term, ...idsIn(ofDelivery)]);
  const steps: TraceStep[] = [...named];
  if (bus !== undefined) {
    const found = await Promise.all(READ.map((topic) => recordsOf(bus, topic, terms, limits)));
    found.forEach(({ complete }, index) => {
      searched[TOPICS[READ[index] ?? 'track'].name] = complete;
    });
    for (const one of found) steps.push(...one.steps);
    const ids = new Set([...idsIn(found.flatMap((one) => one.steps)), ...terms]);
    const outcomes = await outcomesOf(bus, ids, limits);
    searched[TOPICS.processed.name] = outcomes.complete;
    steps.push(...outcomes.steps);
  }
  const events = [...idsIn(steps)].filter((id) => id !== term);
  steps.push(...(await rowsBy(warehouse, ['trigger_event_id'], events, since, now)));
  return { steps: distinct(steps), searched };
};
