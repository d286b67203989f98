import { setImmediate } from 'node:timers/promises';
import { LIMITS } from '../contract/limits.ts';
import type { OutgoingRecord } from '../kafka/port.ts';
import type { SourceBudget } from './source-budget.ts';
import type { Turns } from './turns.ts';

/** What a record takes beside its text, until Kafka has it: itself, its headers and its place among those that wait. */
const RECORD_BYTES = 700;

/** A body below this takes less than a millisecond: it need not wait for a turn, nor does it keep others waiting. */
const LIGHT_BYTES = 100_000;

/** What a text takes: twice its characters unless each fits into a byte, which all of ASCII do. */
const weightOf = (text: Buffer | string | null): number => {
  if (typeof text !== 'string') return text?.length ?? 0;
  return Buffer.byteLength(text) === text.length ? text.length : 2 * text.length;
};

/**
 * One request's share of the instance: of memory, for its parsed body and for a slice of records, and of the event loop. Made by
 * {@link Shares.claim}; what it holds is given back by `end`.
 */
export class Share {
  readonly #source: string;
  readonly #work: SourceBudget;
  readonly #turns: Turns;
  readonly #now: () => number;
  readonly #isLight: boolean;
  /** Bytes of the budget, the parsed body's among them. */
  #held: number;
  #parsedBytes: number;
  /** Bytes of records that were made since the last slice was written. */
  #made = 0;
  #enteredAt: number | undefined;

  constructor(options: {
    readonly source: string;
    readonly work: SourceBudget;
    readonly turns: Turns;
    readonly now: () => number;
    readonly parsedBytes: number;
  }) {
    this.#source = options.source;
    this.#work = options.work;
    this.#turns = options.turns;
    this.#now = options.now;
    this.#parsedBytes = options.parsedBytes;
    this.#isLight = options.parsedBytes < LIGHT_BYTES;
    this.#held = options.parsedBytes + LIMITS.sliceBytes;
  }

  /** Waits until the source may keep the event loop. */
  async enter(): Promise<void> {
    if (this.#isLight) return;
    await this.#turns.enter(this.#source);
    // Requests that came meanwhile are read first: who is about is known by them alone.
    await setImmediate();
    this.#enteredAt = this.#now();
  }

  /** Lets others have the event loop. */
  leave(): void {
    if (this.#enteredAt === undefined) return;
    this.#turns.leave(this.#source, this.#enteredAt);
    this.#enteredAt = undefined;
  }

  /** Counts records that now exist. */
  made(records: readonly OutgoingRecord[]): void {
    for (const { key, value } of records) this.#made += RECORD_BYTES + weightOf(key) + weightOf(value);
  }

  /** Whether what was made since the last writing should be written, or others let in, before more is made. */
  get isUsedUp(): boolean {
    const isLong = this.#enteredAt !== undefined && this.#turns.isLong(this.#source, this.#enteredAt);
    return isLong || this.#made >= LIMITS.sliceBytes;
  }

  /** The parsed body is not needed any more, nor more room for records than those that were made. */
  parsed(): void {
    this.#parsedBytes = 0;
    this.#keep(this.#made);
  }

  /** The records made so far are written. */
  written(): void {
    this.#made = 0;
  }

  end(): void {
    this.leave();
    this.#parsedBytes = 0;
    this.#keep(0);
  }

  #keep(bytes: number): void {
    const more = this.#held - bytes - this.#parsedBytes;
    if (more <= 0) return;
    this.#held -= more;
    this.#work.give(this.#source, more);
  }
}
