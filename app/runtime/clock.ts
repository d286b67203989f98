/**
 * Waits, or returns early when the signal aborts.
 *
 * @param ms milliseconds
 */
export const sleep = (ms: number, signal: AbortSignal): Promise<void> => {
  if (signal.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = (): void => {
    clearTimeout(timer);
    signal.removeEventListener('abort', done);
    resolve();
  };
  const timer = setTimeout(done, ms);
  signal.addEventListener('abort', done);
  return promise;
};

/** The system's time. */
export const systemClock = { now: Date.now, sleep };
