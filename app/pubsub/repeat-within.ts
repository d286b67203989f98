/** Options of {@link repeatWithin}. */
export interface RepeatOptions {
  /** Whether another try may get further after this error. */
  readonly isPassing: (error: unknown) => boolean;
  /** Milliseconds of a clock that only goes forward. @default performance.now */
  readonly now?: () => number;
  /** Waits, in milliseconds. @default setTimeout */
  readonly sleep?: (ms: number) => Promise<void>;
}

const FIRST_PAUSE_MS = 50;
const MOST_PAUSE_MS = 400;
/** A shorter try would be cut before its answer: stored perhaps, and not known to be. */
const LEAST_TRY_MS = 100;

const sleepFor = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Tries until it succeeds or the time is over. A try may take all the time that is left: what is slow is waited for, not cut
 * and asked again. Only a passing fault that comes earlier is followed by another try, after pauses that grow.
 *
 * Google's client can repeat too, but its pauses go on beyond its total time, and it puts a time-out in place of the fault.
 *
 * @param ms milliseconds for all tries together
 * @param attempt is told how many milliseconds are left for it
 * @throws what the last try threw
 * @example await repeatWithin(2_350, (leftMs) => client.publish(request, { timeout: leftMs }), { isPassing })
 */
export const repeatWithin = async <T>(
  ms: number,
  attempt: (leftMs: number) => Promise<T>,
  { isPassing, now = performance.now.bind(performance), sleep = sleepFor }: RepeatOptions,
): Promise<T> => {
  const end = now() + ms;
  for (let most = FIRST_PAUSE_MS; ; most = Math.min(2 * most, MOST_PAUSE_MS)) {
    try {
      return await attempt(end - now());
    } catch (error) {
      // At random, so that what failed together is not tried again together.
      const pause = Math.random() * most;
      if (!isPassing(error) || end - now() - pause < LEAST_TRY_MS) throw error;
      await sleep(pause);
    }
  }
};
