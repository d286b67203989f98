import type { DeadLetterCode, DeadLetterStage } from '../contract/dead-letter.ts';
import type { BusRecord } from '../kafka/port.ts';
import type { Item } from './read-item.ts';

/** What became of a record. Guarded and held ones join here with the parts that make them. */
export type Outcome =
  | { readonly kind: 'delivered'; readonly item: Item; readonly attempts: number }
  | {
      readonly kind: 'rejected';
      readonly source: BusRecord;
      /** Absent where the record could not be read. */
      readonly item?: Item;
      readonly code: DeadLetterCode;
      readonly stage: DeadLetterStage;
      readonly message: string;
      readonly attempts: number;
    };

/** The record an outcome settles. */
export const sourceOf = (outcome: Outcome): BusRecord =>
  outcome.kind === 'delivered' ? outcome.item.source : outcome.source;
