import { DEAD_LETTER_HEADERS } from '../contract/dead-letter.ts';
import { HEADERS } from '../contract/record.ts';
import { readItem } from '../delivery/read-item.ts';
import type { BusRecord } from '../kafka/port.ts';

/** Ids by which a record can be found. */
export interface RecordIds {
  /** The id under which Customer.io is sent the event; absent where the record cannot be sent. */
  readonly eventId?: string;
  readonly messageId?: string;
  readonly correlationId?: string;
  readonly person?: string;
  /** `track`, `identify` and so on. */
  readonly type?: string;
}

/** Why a record is among the dead letters. */
export interface DeadLetterWords {
  readonly code: string;
  readonly stage: string;
  readonly message: string;
}

type Json = Readonly<Record<string, unknown>>;

const objectOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};

const parsed = (value: Buffer | null): Json => {
  try {
    return objectOf(JSON.parse(value?.toString('utf8') ?? ''));
  } catch {
    // Not JSON is one of the reasons for a dead letter: such a record is found by its headers only.
    return {};
  }
};

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

const headerOf = ({ headers }: BusRecord, name: string): string | undefined =>
  headers[name]?.toString('utf8');

const compact = (ids: { readonly [N in keyof RecordIds]: string | undefined }): RecordIds =>
  Object.fromEntries(Object.entries(ids).filter(([, id]) => id !== undefined && id !== ''));

/**
 * The ids of a record on customerio.identify, customerio.track or customerio.dlq. The event id is derived exactly as the worker
 * does, or is the one fixed in the header. A dead letter of the ingest holds what was received.
 */
export const idsOf = (record: BusRecord): RecordIds => {
  const value = parsed(record.value);
  const event = value['received'] === undefined ? value : objectOf(value['received']);
  const item = readItem(record);
  return compact({
    eventId: headerOf(record, HEADERS.eventId) ?? (item.kind === 'item' ? item.id : undefined),
    messageId: textOf(event['messageId']),
    correlationId: textOf(event['correlationId']) ?? headerOf(record, DEAD_LETTER_HEADERS.correlationId),
    person: textOf(event['userId']) ?? textOf(event['anonymousId']) ?? record.key ?? undefined,
    type: textOf(event['type']),
  });
};

/** What the headers of a dead letter tell. */
export const deadLetterWords = (record: BusRecord): DeadLetterWords => ({
  code: headerOf(record, DEAD_LETTER_HEADERS.code) ?? 'unknown',
  stage: headerOf(record, DEAD_LETTER_HEADERS.stage) ?? 'unknown',
  message: headerOf(record, DEAD_LETTER_HEADERS.exceptionMessage) ?? '',
});

/** An event's outcome, from customerio.processed. */
export interface ProcessedRow {
  readonly key: string | undefined;
  readonly id: string;
  readonly outcome: string;
}

/** The outcomes that a record of customerio.processed tells, whichever of its kinds it is. */
export const processedRows = (record: BusRecord): readonly ProcessedRow[] => {
  const value = parsed(record.value);
  const rows = value['kind'] === 'event' ? [[value['key'], value['id'], value['outcome']]] : value['rows'];
  if (!Array.isArray(rows)) return [];
  return rows.flatMap((row: unknown) => {
    const [key, id, outcome] = Array.isArray(row) ? row : [];
    const [idText, outcomeText] = [textOf(id), textOf(outcome)];
    return idText === undefined || outcomeText === undefined
      ? []
      : [{ key: textOf(key), id: idText, outcome: outcomeText }];
  });
};
