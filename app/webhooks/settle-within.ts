import { inspect } from 'node:util';

/** Whatever was thrown, as an error. */
export const errorOf = (thrown: unknown): Error =>
  Error.isError(thrown) ? thrown : new Error(`threw ${inspect(thrown, { depth: 1 })}`);

/**
 * Runs something and waits for it, at most for a time; what is late goes on unheeded, also when it fails then.
 *
 * @param ms milliseconds
 * @param what names it in the error
 * @returns what it throws or rejects with, or that it is late; undefined where it is done
 */
export const settleWithin = (work: () => unknown, ms: number, what: string): Promise<Error | undefined> =>
  new Promise((resolve) => {
    const settle = (fault: Error | undefined): void => {
      clearTimeout(timer);
      resolve(fault);
    };
    const failed = (thrown: unknown): void => settle(errorOf(thrown));
    const timer = setTimeout(() => settle(new Error(`${what} did not settle within ${ms} ms`)), ms);
    try {
      Promise.resolve(work()).then(() => settle(undefined), failed);
    } catch (thrown) {
      failed(thrown);
    }
  });
