import { HEADERS } from '../contract/record.ts';
import { BusError, type OutgoingRecord } from '../kafka/port.ts';
import { Problem } from '../runtime/http/problem.ts';
import { Acceptance } from './acceptance.ts';
import { rulesOf } from './dead-letter-event.ts';
import { type Accepted, normaliseEvent, type RequestFacts } from './normalise-event.ts';
import { RefusedItems } from './refused-items.ts';
import type { Share } from './share.ts';

/** Where accepted events go. */
export interface EventSink {
  publish(records: readonly OutgoingRecord[]): Promise<void>;
}

/** What events are accepted into, and within what. */
export interface AcceptOptions {
  readonly sink: EventSink;
  readonly facts: RequestFacts;
  /** The request's share of memory and time. */
  readonly share: Share;
  readonly traceparent: string | undefined;
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
export const acceptOne = async (type: string, item: unknown, options: AcceptOptions): Promise<Acceptance> => {
  const { sink, facts, share, traceparent } = options;
  const event = normaliseEvent(type, item, 0, facts);
  if (event.kind === 'refused') {
    const [status, code] = event.tooLarge ? [413, 'event_too_large'] : [400, 'invalid_event'];
    throw new Problem(
      status as number,
      code as string,
      `the event was not accepted: ${rulesOf(event.faults)}`,
      {
        errors: event.faults,
      },
    );
  }
  const records = [toKafka(event, traceparent)];
  share.made(records);
  share.parsed();
  share.leave();
  const acceptance = new Acceptance();
  acceptance.accept(event.record);
  await publish(sink, records);
  return acceptance;
};

/** A batch on its way into Kafka, a slice at a time. */
class Batch {
  readonly acceptance = new Acceptance();
  readonly #refused: RefusedItems;
  readonly #items: unknown[];
  readonly #options: AcceptOptions;
  #next = 0;

  constructor(items: unknown[], options: AcceptOptions) {
    this.#items = items;
    this.#options = options;
    this.#refused = new RefusedItems(options.facts);
  }

  get isDone(): boolean {
    return this.#next === this.#items.length;
  }

  /** The records of the next items, as many as the request may have in memory and as time allows. */
  nextSlice(): readonly OutgoingRecord[] {
    const { share } = this.#options;
    const records: OutgoingRecord[] = [];
    while (!this.isDone && !share.isUsedUp(this.#refused.bytes)) {
      const some = this.#recordsOf(this.#items[this.#next], this.#next);
      // What is written needs no memory any more.
      this.#items[this.#next] = undefined;
      this.#next += 1;
      share.made(some);
      for (const record of some) records.push(record);
    }
    if (!this.isDone) return records;
    const last = this.#refused.end();
    share.made(last);
    share.parsed();
    return [...records, ...last];
  }

  #recordsOf(item: unknown, index: number): readonly OutgoingRecord[] {
    const { facts, traceparent } = this.#options;
    const event = normaliseEvent((item as { type?: unknown } | null)?.type, item, index, facts);
    if (event.kind === 'refused') {
      this.acceptance.reject(index, event.faults);
      return this.#refused.add(item, index, event);
    }
    this.acceptance.accept(event.record);
    return [toKafka(event, traceparent)];
  }
}

/**
 * Takes a batch: good items go to their topics, bad ones to the dead letters; resolves once Kafka has them all. It goes in slices,
 * each acknowledged before the next is made: what fails half-way is sent again as a whole and recognised by its ids.
 *
 * @param items given up piece by piece
 * @throws Problem 503
 */
export const acceptBatch = async (items: unknown[], options: AcceptOptions): Promise<Acceptance> => {
  const { sink, share } = options;
  const batch = new Batch(items, options);
  for (;;) {
    const records = batch.nextSlice();
    share.leave();
    await publish(sink, records);
    if (batch.isDone) return batch.acceptance;
    share.written();
    await share.enter();
  }
};
