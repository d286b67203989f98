import { HEADERS } from '../contract/record.ts';
import { BusError, type OutgoingRecord } from '../kafka/port.ts';
import { Problem } from '../runtime/http/problem.ts';
import { deadLetterEvent } from './dead-letter-event.ts';
import { type Accepted, normaliseEvent, type Refused, type RequestFacts } from './normalise-event.ts';

/** Where accepted events go. */
export interface EventSink {
  publish(records: readonly OutgoingRecord[]): Promise<void>;
}

/** One broken rule of a batch's item. */
export interface ItemError {
  readonly index: number;
  readonly field: string;
  readonly rule: string;
}

/** What became of a request's events. */
export interface Acceptance {
  readonly accepted: readonly Accepted[];
  readonly errors: readonly ItemError[];
  readonly rejected: number;
}

/** A fault of the bus in the client's terms; anything else stays as it is. */
const inHttpTerms = (error: unknown): unknown => {
  if (!(error instanceof BusError)) return error;
  if (error.code === 'message_too_large') {
    return new Problem(
      413,
      'event_too_large',
      'Kafka does not take a record as large as one of these events',
    );
  }
  if (!error.retryable) return error;
  const message = 'Kafka did not acknowledge in time: send again, nothing is counted twice';
  return new Problem(503, 'kafka_unavailable', message, { retryAfterSeconds: 1 });
};

const publish = async (sink: EventSink, records: readonly OutgoingRecord[]): Promise<void> => {
  try {
    await sink.publish(records);
  } catch (error) {
    throw inHttpTerms(error);
  }
};

const toKafka = (event: Accepted, traceparent: string | undefined): OutgoingRecord => ({
  topic: event.topic,
  key: event.key,
  value: JSON.stringify(event.record),
  ...(traceparent !== undefined && { headers: { [HEADERS.traceparent]: traceparent } }),
});

/**
 * Takes one event: resolves once Kafka has it.
 *
 * @throws Problem 400 with every broken rule (413 when it is too large), or 503
 */
export const acceptOne = async (
  sink: EventSink,
  type: string,
  item: unknown,
  facts: RequestFacts,
  traceparent?: string,
): Promise<Acceptance> => {
  const event = normaliseEvent(type, item, 0, facts);
  if (event.kind === 'refused') {
    const [status, code] = event.tooLarge ? [413, 'event_too_large'] : [400, 'invalid_event'];
    const rules = event.faults.map(({ field, rule }) => `${field} ${rule}`).join('; ');
    throw new Problem(status as number, code as string, `the event was not accepted: ${rules}`, {
      errors: event.faults,
    });
  }
  await publish(sink, [toKafka(event, traceparent)]);
  return { accepted: [event], errors: [], rejected: 0 };
};

/**
 * Takes a batch: good items go to their topics, each bad one to the dead letters; resolves once Kafka has them all.
 *
 * @throws Problem 503
 */
export const acceptBatch = async (
  sink: EventSink,
  items: readonly unknown[],
  facts: RequestFacts,
  traceparent?: string,
): Promise<Acceptance> => {
  const accepted: Accepted[] = [];
  const errors: ItemError[] = [];
  const records: OutgoingRecord[] = [];
  let rejected = 0;
  const refuse = (item: unknown, index: number, event: Refused): void => {
    rejected += 1;
    errors.push(...event.faults.map((fault) => ({ index, ...fault })));
    records.push(deadLetterEvent(item, event, facts));
  };
  for (const [index, item] of items.entries()) {
    const event = normaliseEvent((item as { type?: unknown } | null)?.type, item, index, facts);
    if (event.kind === 'refused') refuse(item, index, event);
    else {
      accepted.push(event);
      records.push(toKafka(event, traceparent));
    }
  }
  await publish(sink, records);
  return { accepted, errors, rejected };
};
