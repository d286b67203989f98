import { type DeadLetterCode, deadLetterHeaders } from '../contract/dead-letter.ts';
import type { Fault } from '../contract/schemas/fault.ts';
import { identifier } from '../contract/schemas/fields.ts';
import { TOPICS } from '../contract/topics.ts';
import type { OutgoingRecord } from '../kafka/port.ts';
import type { RequestFacts } from './normalise-event.ts';
import { isObject } from './read-json.ts';
import { stringifyDeep } from './stringify-deep.ts';

/** Bytes of an item's text in a dead letter of its own: with its errors and headers it is well below Kafka's largest record. */
const ITEM_BYTES = 600_000;

const keyOf = (item: unknown): string | null => {
  if (!isObject(item)) return null;
  const id = [item['userId'], item['anonymousId']].find((value) => identifier.safeParse(value).success);
  return id === undefined ? null : String(id);
};

/**
 * An item as it came, as JSON; where that is longer than so many bytes, the beginning of its text as a JSON string: numbers may be
 * written longer than they came, so an item may outgrow its request.
 */
export const receivedText = (item: unknown, bytes: number): string => {
  const text = stringifyDeep(item);
  return Buffer.byteLength(text) <= bytes ? text : JSON.stringify(text.slice(0, bytes / 3));
};

/** Each broken rule, for people. */
export const rulesOf = (faults: readonly Fault[]): string =>
  faults.map(({ field, rule }) => `${field} ${rule}`).join('; ');

/** What was not taken of a request, and why. */
export interface DeadItem {
  readonly item: unknown;
  readonly index: number;
  /** The topic it was meant for. */
  readonly topic: string;
  readonly code: DeadLetterCode;
  readonly faults: readonly Fault[];
}

/**
 * A dead letter of stage `ingest`: it has no coordinates but the topic it was meant for.
 *
 * @param letter its `value` is JSON: `{received, errors}`, or `{received: […], errors, indexes}` for several items
 */
export const ingestDeadLetter = (
  letter: Pick<DeadItem, 'topic' | 'code'> & {
    readonly key: string | null;
    readonly value: string;
    readonly message: string;
  },
  facts: RequestFacts,
): OutgoingRecord => ({
  topic: TOPICS.dlq.name,
  key: letter.key,
  value: letter.value,
  headers: deadLetterHeaders({
    topic: letter.topic,
    code: letter.code,
    stage: 'ingest',
    message: letter.message,
    attempts: 0,
    correlationId: facts.correlationId,
    redriveCount: 0,
  }),
});

/** The dead letter of one item. */
export const deadLetterEvent = (
  { item, topic, code, faults }: DeadItem,
  facts: RequestFacts,
): OutgoingRecord =>
  ingestDeadLetter(
    {
      key: keyOf(item),
      value: `{"received":${receivedText(item, ITEM_BYTES)},"errors":${JSON.stringify(faults)}}`,
      topic,
      code,
      message: rulesOf(faults),
    },
    facts,
  );
