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

/** Rows of which there may be more. */
export interface Newest {
  /** The newest first. */
  readonly rows: readonly WarehouseRow[];
  /** Whether these are all. */
  readonly complete: boolean;
}

/** Where a webhook is that is no delivery event: kept as it came, or refused by BigQuery. */
export type StrayTable = 'quarantine' | 'dead_letters';

/** Which webhooks that are no delivery events are asked for. */
export interface StrayQuery {
  /** Ids of events, requests, deliveries or people, at most {@link WarehouseReader.mostValues}; one is needed. */
  readonly ids: readonly string[];
  /** Received, or refused, from here on and before `to`, milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

/** A warehouse in which something is looked for, where the newest rows will do. */
export interface WarehouseSearch extends WarehouseReader {
  /**
   * At most so many rows, the newest by `timestamp`, which has to be one of the columns.
   *
   * @param most 1,000 or less
   * @throws WarehouseReadError
   */
  newest(query: RowQuery, most: number): Promise<Newest>;
  /**
   * Webhooks in which one of the ids stands and that are no delivery event, from each table that there is. A row has
   * `happened_at`, `reason`, `event_id` and `correlation_id`; a dead letter also `table`, `delivery_id`, `trigger_event_id`
   * and `person_id`.
   *
   * @throws WarehouseReadError
   */
  strays(query: StrayQuery, most: number): Promise<Readonly<Partial<Record<StrayTable, Newest>>>>;
}

/** The warehouse could not be read; the message says what to do next. */
export class WarehouseReadError extends Error {
  override readonly name = 'WarehouseReadError';
}
