import type { TableName } from '../contract/warehouse.ts';

/** One row on its way to a table of the warehouse. */
export interface StreamMessage {
  readonly table: TableName;
  /** The row: JSON values only. */
  readonly row: Readonly<Record<string, unknown>>;
  /** Id of the event, where there is one. */
  readonly eventId?: string;
}

/** A durable stream of rows. */
export interface EventStream {
  /**
   * Makes it ready, so that the first publish is not slow. May be called again after it failed. @default it is ready at once
   *
   * @throws Error when it cannot be reached
   */
  connect?(): Promise<void>;
  /**
   * Resolves once every message is stored for good.
   *
   * @throws Error when any of them may not be; some of them may be stored all the same
   */
  publish(messages: readonly StreamMessage[]): Promise<void>;
  /** Whether it was tried for a time without any success. It stays so until one; whatever is published next is another try. */
  readonly stuck: boolean;
  /** Ends it; what is under way is waited for. */
  close(): Promise<void>;
}
