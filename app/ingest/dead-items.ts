import { LIMITS } from '../contract/limits.ts';
import type { OutgoingRecord } from '../kafka/port.ts';
import {
  type DeadItem,
  deadLetterEvent,
  ingestDeadLetter,
  receivedText,
  rulesOf,
} from './dead-letter-event.ts';
import type { RequestFacts } from './normalise-event.ts';

/** What stands around the items of a shared dead letter. */
const FRAME_BYTES = 60;
/** Bytes of an item's text; its errors share the letter with it. */
const ITEM_BYTES = LIMITS.sharedDeadLetterBytes - 10_000;

/** Items of one topic and code that share a dead letter. */
class Shared {
  readonly #received: string[] = [];
  readonly #errors: string[] = [];
  readonly #indexes: number[] = [];
  readonly #first: DeadItem;
  bytes = FRAME_BYTES;

  constructor(first: DeadItem) {
    this.#first = first;
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
    const { topic, code, faults } = this.#first;
    const message = others > 0 ? `${rulesOf(faults)}; and ${others} more items` : rulesOf(faults);
    return ingestDeadLetter({ key: null, value, topic, code, message }, facts);
  }
}

const sizeOf = (index: number, received: string, errors: string): number =>
  Buffer.byteLength(received) + Buffer.byteLength(errors) + String(index).length + 3;

/**
 * The dead letters of one request. The first hundred items have one each; the others share some of up to 400 kB,
 * `{received: [items], errors, indexes}`, so that thousands of tiny faults do not become as many records.
 *
 * @example
 * const dead = new DeadItems(facts);
 * records.push(...dead.add({ item, index: 3, topic, code: 'invalid_event', faults }), ...dead.end());
 */
export class DeadItems {
  readonly #facts: RequestFacts;
  readonly #shared = new Map<string, Shared>();
  #count = 0;

  constructor(facts: RequestFacts) {
    this.#facts = facts;
  }

  /** Adds one; returns the letters that are whole. */
  add(dead: DeadItem): readonly OutgoingRecord[] {
    this.#count += 1;
    if (this.#count <= LIMITS.deadLettersOfRequest) return [deadLetterEvent(dead, this.#facts)];
    const { item, index, topic, code, faults } = dead;
    const received = receivedText(item, ITEM_BYTES);
    const errors = faults.map((fault) => JSON.stringify({ index, ...fault })).join(',');
    const key = `${topic} ${code}`;
    const whole = this.#withRoomFor(key, sizeOf(index, received, errors));
    const shared = this.#shared.get(key) ?? new Shared(dead);
    shared.add(index, received, errors);
    this.#shared.set(key, shared);
    return whole;
  }

  /** The letters of what is left. */
  end(): readonly OutgoingRecord[] {
    const letters = [...this.#shared.values()].map((shared) => shared.letter(this.#facts));
    this.#shared.clear();
    return letters;
  }

  #withRoomFor(key: string, bytes: number): readonly OutgoingRecord[] {
    const shared = this.#shared.get(key);
    if (shared === undefined || shared.bytes + bytes <= LIMITS.sharedDeadLetterBytes) return [];
    this.#shared.delete(key);
    return [shared.letter(this.#facts)];
  }
}
