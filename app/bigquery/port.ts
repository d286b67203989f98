import type { EventColumn } from '../contract/warehouse.ts';

/** Which delivery events are asked for. */
export interface RowQuery {
  /** At least one; a row with equal values in all of them is given once. */
  readonly columns: readonly [EventColumn, ...EventColumn[]];
  /** Rows in which any of these text columns has one of its values. */
  readonly anyOf: readonly { readonly column: EventColumn; readonly values: readonly string[] }[];
  /** Rows whose `timestamp` is from here on, milliseconds since 1970: the table is partitioned by it. */
  readonly from: number;
  /** Rows whose `timestamp` is before, milliseconds since 1970. */
  readonly to: number;
}

/** A row by its columns' names; times are RFC 3339. */
export type WarehouseRow = Readonly<Record<string, unknown>>;

/** The delivery events of a warehouse, to read. */
export interface WarehouseReader {
  /** Most values that one query should hold: what is cheap and what fits into the answer. */
  readonly mostValues: number;
  /** Every row that fits. @throws WarehouseReadError, also where not every row could be had */
  rows(query: RowQuery): Promise<readonly WarehouseRow[]>;
}

/** The warehouse could not be read; the message says what to do next. */
export class WarehouseReadError extends Error {
  override readonly name = 'WarehouseReadError';
}
