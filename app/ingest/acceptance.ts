import { LIMITS } from '../contract/limits.ts';
import type { EventRecord } from '../contract/record.ts';
import type { Fault } from '../contract/schemas/fault.ts';

/** One broken rule of a batch's item. */
export interface ItemError {
  readonly index: number;
  readonly field: string;
  readonly rule: string;
}

const MESSAGE_IDS = 10;

/** What became of a request's events: counts, and a bounded part of the rest, whatever the request brought. */
export class Acceptance {
  readonly #byType = new Map<string, number>();
  readonly #messageIds: string[] = [];
  readonly #errors: ItemError[] = [];
  accepted = 0;
  rejected = 0;
  errorsOmitted = 0;

  /** Accepted events by type. */
  get byType(): ReadonlyMap<string, number> {
    return this.#byType;
  }

  /** Of the first ten accepted events. */
  get messageIds(): readonly string[] {
    return this.#messageIds;
  }

  /** The first hundred; `errorsOmitted` counts the others. */
  get errors(): readonly ItemError[] {
    return this.#errors;
  }

  accept({ type, messageId }: EventRecord): void {
    this.accepted += 1;
    this.#byType.set(type, (this.#byType.get(type) ?? 0) + 1);
    if (messageId !== undefined && this.#messageIds.length < MESSAGE_IDS) this.#messageIds.push(messageId);
  }

  reject(index: number, faults: readonly Fault[]): void {
    this.rejected += 1;
    for (const fault of faults) {
      if (this.#errors.length < LIMITS.errorsOfAnswer) this.#errors.push({ index, ...fault });
      else this.errorsOmitted += 1;
    }
  }
}
