import { DEAD_LETTER_HEADERS, deadLetterHeaders } from '../contract/dead-letter.ts';
import { HEADERS } from '../contract/record.ts';
import { TOPICS } from '../contract/topics.ts';
import type { OutgoingRecord } from '../kafka/port.ts';
import type { Outcome } from './outcome.ts';

/** A dead letter above this could exceed what a stock broker takes; its value stays where its coordinates point. */
const VALUE_BYTES = 900_000;

type Rejected = Extract<Outcome, { kind: 'rejected' }>;

const redriveCount = (rejected: Rejected): number =>
  Number(rejected.source.headers[DEAD_LETTER_HEADERS.redriveCount]?.toString('utf8') ?? 0);

/** The dead letter of a record: its key, value and headers as they were, and what is told of its failure. */
export const deadLetterRecord = (rejected: Rejected, group: string): OutgoingRecord => {
  const { source, item, code, stage, message, attempts } = rejected;
  const { topic, partition, offset, timestamp } = source;
  const omitted = source.value !== null && source.value.length > VALUE_BYTES;
  return {
    topic: TOPICS.dlq.name,
    key: source.key,
    value: omitted ? null : source.value,
    headers: {
      ...source.headers,
      ...deadLetterHeaders({
        topic,
        origin: { partition, offset, timestamp, group },
        code,
        stage,
        message,
        attempts,
        correlationId: item?.correlationId ?? '',
        redriveCount: redriveCount(rejected),
      }),
      ...(item && { [HEADERS.eventId]: item.id }),
      ...(omitted && { 'cio-value-omitted': String(source.value?.length) }),
    },
  };
};

const row = (outcome: Outcome): readonly [string | null, string | null, string] => [
  outcome.kind === 'delivered' ? outcome.item.key : outcome.source.key,
  outcome.kind === 'delivered' ? outcome.item.id : (outcome.item?.id ?? null),
  outcome.kind,
];

/** What is written to customerio.processed for one request's outcomes: one record, one for each, or none. */
export const processedRecords = (
  outcomes: readonly Outcome[],
  mode: 'event' | 'batch' | 'off',
  at: string,
): readonly OutgoingRecord[] => {
  const topic = TOPICS.processed.name;
  const rows = outcomes.map(row);
  if (mode === 'off') return [];
  if (mode === 'batch')
    return [{ topic, key: null, value: JSON.stringify({ v: 1, kind: 'batch', at, rows }) }];
  return rows.map(([key, id, outcome]) => ({
    topic,
    key,
    value: JSON.stringify({ v: 1, kind: 'event', at, key, id, outcome }),
  }));
};
