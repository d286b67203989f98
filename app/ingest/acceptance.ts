import { LIMITS } from '../contract/limits.ts';
import type { RecordType } from '../contract/record.ts';
import type { Fault } from '../contract/schemas/fault.ts';
import type { Warning } from './mapping/shape.ts';
import type { Accepted } from './normalise-event.ts';

/** One broken rule of a batch's item. */
export type ItemError = Fault & { readonly index: number };

/** What was changed of a batch's item. */
export type ItemWarning = Warning & { readonly index: number };

const MESSAGE_IDS = 10;

/** Records that take something away from a person. */
const PERSON_COMMANDS: readonly RecordType[] = ['delete', 'suppress'];

/** An event that takes something away from a person. */
export interface PersonCommand {
  readonly type: RecordType;
  readonly messageId: string | undefined;
}

/** What became of a request's events: counts, and a bounded part of the rest, whatever the request brought. */
export class Acceptance {
  readonly #byType = new Map<RecordType, number>();
  readonly #messageIds: string[] = [];
  readonly #errors: ItemError[] = [];
  readonly #warnings: ItemWarning[] = [];
  readonly #personCommands: PersonCommand[] = [];
  accepted = 0;
  rejected = 0;
  filtered = 0;
  errorsOmitted = 0;
  warningsOmitted = 0;
  /** Events whose own time was unreadable. */
  timesReplaced = 0;

  /** Accepted events by type. */
  get byType(): ReadonlyMap<RecordType, number> {
    return this.#byType;
  }

  /** The accepted events that delete or suppress a person. */
  get personCommands(): readonly PersonCommand[] {
    return this.#personCommands;
  }

  /** Of the first ten accepted events. */
  get messageIds(): readonly string[] {
    return this.#messageIds;
  }

  /** The first hundred; `errorsOmitted` counts the others. */
  get errors(): readonly ItemError[] {
    return this.#errors;
  }

  /** The first hundred; `warningsOmitted` counts the others. */
  get warnings(): readonly ItemWarning[] {
    return this.#warnings;
  }

  accept({ record, isTimeReplaced }: Accepted): void {
    const { type, messageId } = record;
    this.accepted += 1;
    if (isTimeReplaced) this.timesReplaced += 1;
    this.#byType.set(type, (this.#byType.get(type) ?? 0) + 1);
    if (PERSON_COMMANDS.includes(type)) this.#personCommands.push({ type, messageId });
    if (messageId !== undefined && this.#messageIds.length < MESSAGE_IDS) this.#messageIds.push(messageId);
  }

  reject(index: number, faults: readonly Fault[]): void {
    this.rejected += 1;
    for (const fault of faults) {
      if (this.#errors.length < LIMITS.errorsOfAnswer) this.#errors.push({ index, ...fault });
      else this.errorsOmitted += 1;
    }
  }

  warn(index: number, warnings: readonly Warning[]): void {
    for (const warning of warnings) {
      if (this.#warnings.length < LIMITS.errorsOfAnswer) this.#warnings.push({ index, ...warning });
      else this.warningsOmitted += 1;
    }
  }
}
