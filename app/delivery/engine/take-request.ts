/** What the engine must know of an item to put it into a request. */
export interface Sendable {
  /** Bytes of its JSON in a batch. */
  readonly bytes: number;
  /** Whether it needs a request of its own. */
  readonly alone: boolean;
}

/** The most a request may hold. */
export interface RequestLimits {
  readonly items: number;
  readonly bytes: number;
}

/**
 * How many of the items that wait in a lane go into its next request: from the front, without leaving one out, so order stays.
 *
 * @returns at least 1 where anything waits
 * @example countForRequest([{ bytes: 10, alone: false }, { bytes: 10, alone: true }], { items: 1000, bytes: 480_000 }) // 1
 */
export const countForRequest = (waiting: readonly Sendable[], limits: RequestLimits): number => {
  if (waiting[0]?.alone) return 1;
  let bytes = 0;
  let count = 0;
  for (const item of waiting) {
    bytes += item.bytes + 1;
    if (item.alone || count === limits.items || (count > 0 && bytes > limits.bytes)) break;
    count += 1;
  }
  return count;
};
