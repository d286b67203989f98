import { DEAD_LETTER_HEADERS } from '../contract/dead-letter.ts';
import { HEADERS } from '../contract/record.ts';
import { TOPICS } from '../contract/topics.ts';
import { parseEvents } from '../exact-json/parse-events.ts';
import type { BusRecord } from '../kafka/port.ts';
import type { TraceStep } from './trace-step.ts';

/** Ids by which a record can be found; `eventId` is absent where the record cannot be sent. */
type RecordIds = Pick<TraceStep, 'eventId' | 'messageId' | 'correlationId' | 'person' | 'type'>;

/** Derives the id under which Customer.io is sent the event of a record; undefined where it cannot be sent. */
export type EventIdOf = (record: BusRecord) => string | undefined;

type Json = Readonly<Record<string, unknown>>;

const objectOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};

const parsed = (value: Buffer | null): Json => {
  try {
    return objectOf(parseEvents(value?.toString('utf8') ?? ''));
  } catch {
    // Not JSON is one of the reasons for a dead letter: such a record is found by its headers only.
    return {};
  }
};

/** A dead letter of the ingest holds an event within: a long number in it is no text yet. */
const textOf = (value: unknown): string | undefined => {
  if (JSON.isRawJSON(value)) return value.rawJSON;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
};

const headerOf = ({ headers }: BusRecord, name: string): string | undefined =>
  headers[name]?.toString('utf8');

const compact = (ids: { readonly [N in keyof RecordIds]: string | undefined }): RecordIds =>
  Object.fromEntries(Object.entries(ids).filter(([, id]) => id !== undefined && id !== ''));

/**
 * The ids of a record on customerio.identify, customerio.track or customerio.dlq. The event id is the one fixed in the header, or
 * is derived. A dead letter of the ingest holds what was received.
 */
const idsOf = (record: BusRecord, eventIdOf: EventIdOf): RecordIds => {
  const value = parsed(record.value);
  const event = value['received'] === undefined ? value : objectOf(value['received']);
  return compact({
    eventId: headerOf(record, HEADERS.eventId) ?? eventIdOf(record),
    messageId: textOf(event['messageId']),
    correlationId: textOf(event['correlationId']) ?? headerOf(record, DEAD_LETTER_HEADERS.correlationId),
    person: textOf(event['userId']) ?? textOf(event['anonymousId']) ?? record.key ?? undefined,
    type: textOf(event['type']),
  });
};

/** What the headers of a dead letter tell. */
const deadLetterWords = (record: BusRecord): string => {
  const { code, stage, exceptionMessage } = DEAD_LETTER_HEADERS;
  const words = headerOf(record, exceptionMessage) ?? '';
  return `${headerOf(record, code) ?? 'unknown'} at stage ${headerOf(record, stage) ?? 'unknown'}: ${words}`;
};

/** A record on customerio.identify, customerio.track or customerio.dlq as a step. */
export const recordStep = (record: BusRecord, eventIdOf: EventIdOf): TraceStep => {
  const { topic: where, partition, offset, timestamp: at } = record;
  const ids = idsOf(record, eventIdOf);
  const place = `(partition ${partition}, offset ${offset})`;
  if (where === TOPICS.dlq.name)
    return { at, where, kind: 'dead', what: `${deadLetterWords(record)} ${place}`, ...ids };
  return { at, where, kind: 'accepted', what: `${ids.type ?? 'a record'} accepted ${place}`, ...ids };
};

/** The outcomes that a record of customerio.processed tells, whichever of its kinds it is: a step for each event. */
export const processedSteps = (record: BusRecord): readonly TraceStep[] => {
  const value = parsed(record.value);
  const rows = value['kind'] === 'event' ? [[value['key'], value['id'], value['outcome']]] : value['rows'];
  if (!Array.isArray(rows)) return [];
  return rows.flatMap((row: unknown) => {
    const [person, eventId, outcome] = (Array.isArray(row) ? row : []).map(textOf);
    if (eventId === undefined || outcome === undefined) return [];
    const what = outcome === 'delivered' ? 'delivered to Customer.io' : outcome;
    const { topic: where, timestamp: at } = record;
    return [
      { at, where, kind: 'processed' as const, what, eventId, ...(person !== undefined && { person }) },
    ];
  });
};
