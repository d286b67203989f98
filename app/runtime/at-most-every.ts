/**
 * Work that anybody may ask for, done at most once in a time: who asks meanwhile waits for what is under way, or gets nothing new.
 *
 * @param ms milliseconds from one start to the next
 * @param now milliseconds of a clock that only goes forward
 * @example const reread = atMostEvery(10_000, () => secrets.refresh());
 */
export const atMostEvery = (
  ms: number,
  work: () => Promise<void>,
  now: () => number = performance.now.bind(performance),
): (() => Promise<void>) => {
  let startedAt = Number.NEGATIVE_INFINITY;
  let latest: Promise<void> = Promise.resolve();
  return () => {
    if (now() - startedAt >= ms) {
      startedAt = now();
      latest = work();
    }
    return latest;
  };
};
