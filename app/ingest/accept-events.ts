import { HEADERS } from '../contract/record.ts';
import { BusError, type OutgoingRecord } from '../kafka/port.ts';
import { Problem } from '../runtime/http/problem.ts';
import { Acceptance } from './acceptance.ts';
import type { BatchDefaults } from './batch-defaults.ts';
import { DeadItems } from './dead-items.ts';
import { rulesOf } from './dead-letter-event.ts';
import { dropWriteKey } from './drop-write-key.ts';
import { leftOutParts } from './mapping/left-out-parts.ts';
import { type Accepted, normaliseEvent, type Refused, type RequestFacts } from './normalise-event.ts';
import { isObject } from './read-json.ts';
import type { Share } from './share.ts';

/** Where accepted events go. */
export interface EventSink {
  publish(records: readonly OutgoingRecord[]): Promise<void>;
}

type Item = Readonly<Record<string, unknown>>;

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

const refusal = ({ tooLarge, faults }: Refused): Problem => {
  const [status, code] = tooLarge ? ([413, 'event_too_large'] as const) : ([400, 'invalid_event'] as const);
  return new Problem(status, code, `the event was not accepted: ${rulesOf(faults)}`, { errors: faults });
};

/** The records of a request's events, one event after the other. */
class Events {
  readonly acceptance = new Acceptance();
  readonly #dead: DeadItems;
  readonly #options: AcceptOptions;

  constructor(options: AcceptOptions) {
    this.#options = options;
    this.#dead = new DeadItems(options.facts);
  }

  /** The records of an accepted event: itself, and letters of the attributes that it goes without. */
  accept(event: Accepted, item: Item, index: number): readonly OutgoingRecord[] {
    const { topic, warnings, leftOut, record } = event;
    this.acceptance.accept(event);
    this.acceptance.warn(index, warnings);
    const records = [toKafka(event, this.#options.traceparent)];
    if (leftOut.length === 0) return records;
    for (const { item: part, code, faults } of leftOutParts(record.type, item, leftOut)) {
      const left = faults.map(({ field, rule }) => ({ field, warning: `was left out, it ${rule}` }));
      this.acceptance.warn(index, left);
      records.push(...this.#dead.add({ item: part, index, topic, code, faults }));
    }
    return records;
  }

  reject({ topic, faults }: Refused, item: unknown, index: number): readonly OutgoingRecord[] {
    this.acceptance.reject(index, faults);
    return this.#dead.add({ item, index, topic, code: 'invalid_event', faults });
  }

  filter(): readonly OutgoingRecord[] {
    this.acceptance.filtered += 1;
    return [];
  }

  end(): readonly OutgoingRecord[] {
    return this.#dead.end();
  }
}

/**
 * Takes one event: resolves once Kafka has it.
 *
 * @throws Problem 400 with every broken rule (413 when it is too large), or 503
 */
export const acceptOne = async (type: string, item: Item, options: AcceptOptions): Promise<Acceptance> => {
  const { sink, facts, share } = options;
  const event = normaliseEvent(type, item, 0, facts);
  if (event.kind === 'refused') throw refusal(event);
  const events = new Events(options);
  const records = event.kind === 'filtered' ? events.filter() : events.accept(event, item, 0);
  share.made(records);
  share.parsed();
  share.leave();
  await publish(sink, records);
  return events.acceptance;
};

const CONTEXT_LEFT_OUT = {
  field: 'context',
  warning: 'of the batch was left out: it nests too deep, or would be too large in each of its events',
};

/** A batch on its way into Kafka, a slice at a time. */
class Batch {
  readonly #events: Events;
  readonly #items: unknown[];
  readonly #defaults: BatchDefaults;
  readonly #options: AcceptOptions;
  #next = 0;

  constructor(items: unknown[], defaults: BatchDefaults, options: AcceptOptions) {
    this.#items = items;
    this.#defaults = defaults;
    this.#options = options;
    this.#events = new Events(options);
    if (defaults.isContextLeftOut) this.#events.acceptance.warn(0, [CONTEXT_LEFT_OUT]);
  }

  get isDone(): boolean {
    return this.#next === this.#items.length;
  }

  get acceptance(): Acceptance {
    return this.#events.acceptance;
  }

  /** The records of the next items: of at least one, and of as many as memory and time allow. */
  nextSlice(): readonly OutgoingRecord[] {
    const { share } = this.#options;
    const records: OutgoingRecord[] = [];
    for (let isFull = false; !this.isDone && !isFull; isFull = share.isUsedUp) {
      const some = this.#recordsOf(this.#items[this.#next], this.#next);
      // What is written needs no memory any more.
      this.#items[this.#next] = undefined;
      this.#next += 1;
      share.made(some);
      for (const record of some) records.push(record);
    }
    if (!this.isDone) return records;
    const last = this.#events.end();
    share.made(last);
    share.parsed();
    return [...records, ...last];
  }

  /** An event as it is with the batch's context and integrations; without that context where both are too large together. */
  #normalised(item: unknown, index: number): ReturnType<typeof normaliseEvent> {
    const { facts } = this.#options;
    if (!isObject(item)) return normaliseEvent(undefined, item, index, facts);
    const whole = this.#defaults.of(item);
    const event = normaliseEvent(item['type'], whole, index, facts, item);
    if (event.kind !== 'refused' || !event.tooLarge || whole === item) return event;
    const alone = normaliseEvent(item['type'], this.#defaults.withoutContext(item), index, facts, item);
    if (alone.kind === 'accepted') this.#events.acceptance.warn(index, [CONTEXT_LEFT_OUT]);
    return alone;
  }

  #recordsOf(item: unknown, index: number): readonly OutgoingRecord[] {
    dropWriteKey(item);
    const event = this.#normalised(item, index);
    if (event.kind === 'filtered') return this.#events.filter();
    return event.kind === 'refused'
      ? this.#events.reject(event, item, index)
      : this.#events.accept(event, item as Item, index);
  }
}

/**
 * Takes a batch: good items go to their topics, bad ones to the dead letters; resolves once Kafka has them all. It goes in slices,
 * each acknowledged before the next is made: what fails half-way is sent again as a whole and recognised by its ids.
 *
 * @param items given up piece by piece
 * @throws Problem 503
 */
export const acceptBatch = async (
  items: unknown[],
  defaults: BatchDefaults,
  options: AcceptOptions,
): Promise<Acceptance> => {
  const { sink, share } = options;
  const batch = new Batch(items, defaults, options);
  for (;;) {
    const records = batch.nextSlice();
    share.leave();
    await publish(sink, records);
    if (batch.isDone) return batch.acceptance;
    share.written();
    await share.enter();
  }
};
