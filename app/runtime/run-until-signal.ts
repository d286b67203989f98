import { leaveClosedOutput } from './closed-output.ts';
import { oneLineFaults } from './one-line-faults.ts';
import { visibleText } from './visible-text.ts';

/** Something that runs until it is stopped. */
export interface Running {
  readonly url: string;
  stop(): Promise<void>;
}

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** Resolves at the first signal, also one that comes during the start. */
const firstSignal = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of SIGNALS) process.on(signal, () => resolve());
  });

/**
 * Runs a process: prints `ready <url>` on a line of its own, stops on SIGTERM or Ctrl-C and exits 0. A signal during the
 * start stops it as soon as it has started. An expected fault, at start or stop, is one line on standard error and exit code 1.
 * It goes on where nobody reads its output any more.
 *
 * @param start starts it
 * @param expected classes of errors whose message says all there is to say
 */
export const runUntilSignal = async (
  start: () => Promise<Running>,
  expected: Parameters<typeof oneLineFaults>[1],
): Promise<void> => {
  leaveClosedOutput();
  const signalled = firstSignal();
  const running = await oneLineFaults(start, expected);
  process.stdout.write(`ready ${running.url}\n`);
  await signalled;
  try {
    await running.stop();
    process.exit(0);
  } catch (error) {
    const isExpected = Error.isError(error) && expected.some((known) => error instanceof known);
    process.stderr.write(
      `could not stop cleanly: ${visibleText(isExpected ? error.message : String(error))}\n`,
    );
    process.exit(1);
  }
};
