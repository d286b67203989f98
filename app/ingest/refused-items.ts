import { LIMITS } from '../contract/limits.ts';
import type { OutgoingRecord } from '../kafka/port.ts';
import { deadLetterEvent, ingestDeadLetter, receivedText, rulesOf } from './dead-letter-event.ts';
import type { Refused, RequestFacts } from './normalise-event.ts';

/** What stands around the items of a shared dead letter. */
const FRAME_BYTES = 60;
/** Bytes of an item's text; its errors share the letter with it. */
const ITEM_BYTES = LIMITS.sharedDeadLetterBytes - 10_000;

/** A topic's refused items that share a dead letter. */
class Shared {
  readonly #received: string[] = [];
  readonly #errors: string[] = [];
  readonly #indexes: number[] = [];
  readonly #topic: string;
  readonly #firstRules: string;
  bytes = FRAME_BYTES;

  constructor(topic: string, firstRules: string) {
    this.#topic = topic;
    this.#firstRules = firstRules;
  }

  add(index: number, received: string, errors: string): void {
    this.#received.push(received);
    if (errors !== '') this.#errors.push(errors);
    this.#indexes.push(index);
    this.bytes += sizeOf(index, received, errors);
  }

  letter(facts: RequestFacts): OutgoingRecord {
    const received = this.#received.join(',');
    const value = `{"received":[${received}],"errors":[${this.#errors.join(',')}],"indexes":[${this.#indexes.join(',')}]}`;
    const others = this.#indexes.length - 1;
    const message = others > 0 ? `${this.#firstRules}; and ${others} more items` : this.#firstRules;
    return ingestDeadLetter({ key: null, value, topic: this.#topic, message }, facts);
  }
}

const sizeOf = (index: number, received: string, errors: string): number =>
  Buffer.byteLength(received) + Buffer.byteLength(errors) + String(index).length + 3;

/**
 * The dead letters of the items that one request brought and the ingest refused. The first hundred have one each; the others share
 * some of up to 400 kB, `{received: [items], errors, indexes}`, so that thousands of tiny faults do not become as many records.
 *
 * @example
 * const refused = new RefusedItems(facts);
 * records.push(...refused.add(item, 3, { kind: 'refused', … }), ...refused.end());
 */
export class RefusedItems {
  readonly #facts: RequestFacts;
  readonly #shared = new Map<string, Shared>();
  count = 0;

  constructor(facts: RequestFacts) {
    this.#facts = facts;
  }

  /** Bytes of the items that are not in a letter yet. */
  get bytes(): number {
    let bytes = 0;
    for (const shared of this.#shared.values()) bytes += shared.bytes;
    return bytes;
  }

  /** Adds one; returns the letters that are whole. */
  add(item: unknown, index: number, refused: Refused): readonly OutgoingRecord[] {
    this.count += 1;
    if (this.count <= LIMITS.deadLettersOfRequest) return [deadLetterEvent(item, refused, this.#facts)];
    const received = receivedText(item, ITEM_BYTES);
    const errors = refused.faults.map((fault) => JSON.stringify({ index, ...fault })).join(',');
    const { topic, faults } = refused;
    const whole = this.#withRoomFor(topic, sizeOf(index, received, errors));
    const shared = this.#shared.get(topic) ?? new Shared(topic, rulesOf(faults));
    shared.add(index, received, errors);
    this.#shared.set(topic, shared);
    return whole;
  }

  /** The letters of what is left. */
  end(): readonly OutgoingRecord[] {
    const letters = [...this.#shared.values()].map((shared) => shared.letter(this.#facts));
    this.#shared.clear();
    return letters;
  }

  #withRoomFor(topic: string, bytes: number): readonly OutgoingRecord[] {
    const shared = this.#shared.get(topic);
    if (shared === undefined || shared.bytes + bytes <= LIMITS.sharedDeadLetterBytes) return [];
    this.#shared.delete(topic);
    return [shared.letter(this.#facts)];
  }
}
