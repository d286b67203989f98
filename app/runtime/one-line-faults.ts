import { visibleText } from './visible-text.ts';

type ErrorClass = abstract new (...args: never[]) => Error;

const isExpected = (error: unknown, classes: readonly ErrorClass[]): error is Error =>
  classes.some((known) => error instanceof known);

/**
 * Runs something and, where it fails in an expected way, writes the error's message as one line and exits with code 1. The
 * message may hold text from anywhere: control characters are shown as escapes.
 *
 * @param expected classes of errors whose message says all there is to say; anything else is thrown on
 */
export const oneLineFaults = async <T>(
  run: () => Promise<T>,
  expected: readonly ErrorClass[],
): Promise<T> => {
  try {
    return await run();
  } catch (error) {
    if (!isExpected(error, expected)) throw error;
    process.stderr.write(`${visibleText(error.message)}\n`);
    return process.exit(1);
  }
};
