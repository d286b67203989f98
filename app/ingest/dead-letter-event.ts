import { deadLetterHeaders } from '../contract/dead-letter.ts';
import { identifier } from '../contract/schemas/fields.ts';
import { TOPICS } from '../contract/topics.ts';
import type { OutgoingRecord } from '../kafka/port.ts';
import type { Refused, RequestFacts } from './normalise-event.ts';
import { isObject } from './read-json.ts';
import { stringifyDeep } from './stringify-deep.ts';

const keyOf = (item: unknown): string | null => {
  if (!isObject(item)) return null;
  const id = [item['userId'], item['anonymousId']].find((value) => identifier.safeParse(value).success);
  return id === undefined ? null : String(id);
};

/**
 * The dead letter of an item that a batch brought and the ingest refused: stage `ingest`, no coordinates but the topic it was
 * meant for, value `{received, errors}`.
 */
export const deadLetterEvent = (item: unknown, refused: Refused, facts: RequestFacts): OutgoingRecord => ({
  topic: TOPICS.dlq.name,
  key: keyOf(item),
  value: `{"received":${stringifyDeep(item)},"errors":${JSON.stringify(refused.faults)}}`,
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
