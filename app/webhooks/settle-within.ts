import { inspect } from 'node:util';

/** Whatever was thrown, as an error. */
export const errorOf = (thrown: unknown): Error =>
  Error.isError(thrown) ? thrown : new Error(`threw ${inspect(thrown, { depth: 1 })}`);

/**
 * Runs something and waits for it, at most for a time; what is late goes on unheeded, also when it fails then.
 *
 * @param ms milliseconds
 * @param what names it in the error
 * @throws Error what it throws or rejects with, or that it is late
 */
export const settleWithin = (work: () => unknown, ms: number, what: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const late = (): void => reject(new Error(`${what} did not settle within ${ms} ms`));
    const timer = setTimeout(late, ms);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const failed = (thrown: unknown): void => {
      clearTimeout(timer);
      reject(errorOf(thrown));
    };
    try {
      Promise.resolve(work()).then(done, failed);
    } catch (thrown) {
      failed(thrown);
    }
  });
