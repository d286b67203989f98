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
export const settleWithin = async (work: () => unknown, ms: number, what: string): Promise<void> => {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`${what} did not settle within ${ms} ms`)), ms);
  try {
    await Promise.race([work(), late.promise]);
  } catch (thrown) {
    throw errorOf(thrown);
  } finally {
    clearTimeout(timer);
  }
};
