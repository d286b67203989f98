import { deadLetterHeaders } from '../contract/dead-letter.ts';
import { identifier } from '../contract/schemas/fields.ts';
import { TOPICS } from '../contract/topics.ts';
import type { OutgoingRecord } from '../kafka/port.ts';
import type { Refused, RequestFacts } from './normalise-event.ts';
import { isObject } from './read-json.ts';
import { stringifyDeep } from './stringify-deep.ts';

const VALUE_BYTES = 600_000;

const keyOf = (item: unknown): string | null => {
  if (!isObject(item)) return null;
  const id = [item['userId'], item['anonymousId']].find((value) => identifier.safeParse(value).success);
  return id === undefined ? null : String(id);
};

/** Numbers may be written longer than they came, so that an item outgrows its request and Kafka's largest record. */
const MOST_CHARACTERS = 200_000;

const received = (item: unknown): string => {
  const text = stringifyDeep(item);
  return Buffer.byteLength(text) <= VALUE_BYTES ? text : JSON.stringify(text.slice(0, MOST_CHARACTERS));
};

/**
 * The dead letter of an item that a batch brought and the ingest refused: stage `ingest`, no coordinates but the topic it was
 * meant for, value `{received, errors}`; of an item above 600,000 bytes `received` is the beginning of its text.
 */
export const deadLetterEvent = (item: unknown, refused: Refused, facts: RequestFacts): OutgoingRecord => ({
  topic: TOPICS.dlq.name,
  key: keyOf(item),
  value: `{"received":${received(item)},"errors":${JSON.stringify(refused.faults)}}`,
  headers: deadLetterHeaders({
    topic: refused.topic,
    code: 'invalid_event',
    stage: 'ingest',
    message: refused.faults.map(({ field, rule }) => `${field} ${rule}`).join('; '),
    attempts: 0,
    correlationId: facts.correlationId,
    redriveCount: 0,
  }),
});
