/** What a pacer needs of the world. */
export interface PacerWorld {
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

/** Makes a call when its turn has come. */
export type Paced = <T>(call: () => Promise<T>) => Promise<T>;

/**
 * Makes calls one after another, each begun some time after the one before began. On their way the time between two may vanish, when
 * the first is slow; but nothing else is under way then, so that of n gaps in a row at least n - 1 remain.
 *
 * @param gapMs least milliseconds between the beginnings of two calls
 * @example
 * const paced = pacer(120, { now: () => performance.now(), wait });
 * await paced(() => fetch(url));
 */
export const pacer = (gapMs: number, { now, wait }: PacerWorld): Paced => {
  let nextAt = Number.NEGATIVE_INFINITY;
  let last: Promise<unknown> = Promise.resolve();
  const begin = async <T>(call: () => Promise<T>): Promise<T> => {
    const ms = nextAt - now();
    if (ms > 0) await wait(ms);
    // From when it really begins: a timer that was late does not bring the next call closer.
    nextAt = now() + gapMs;
    return call();
  };
  return (call) => {
    const result = last.then(() => begin(call));
    last = result.catch(() => undefined);
    return result;
  };
};
