/** What a pacer needs of the world. */
export interface PacerWorld {
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

/**
 * Spreads calls evenly: a function to be awaited before each.
 *
 * @param perSecond most calls a second
 * @example
 * const turn = pacer(10, { now: () => performance.now(), wait });
 * await turn(); // then call
 */
export const pacer = (perSecond: number, { now, wait }: PacerWorld): (() => Promise<void>) => {
  const gapMs = 1000 / perSecond;
  let nextAt = Number.NEGATIVE_INFINITY;
  return async () => {
    const at = Math.max(now(), nextAt);
    nextAt = at + gapMs;
    const ms = at - now();
    if (ms > 0) await wait(ms);
  };
};
