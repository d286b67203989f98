import { oneLineFaults } from './one-line-faults.ts';

/** Something that runs until it is stopped. */
export interface Running {
  readonly url: string;
  stop(): Promise<void>;
}

const stopOn = (running: Running): void => {
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    await running.stop();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stop().catch((error: unknown) => {
        process.stderr.write(`could not stop cleanly: ${String(error)}\n`);
        process.exit(1);
      });
    });
  }
};

/**
 * Runs a process: prints `ready <url>` on a line of its own, stops on SIGTERM or Ctrl-C and exits 0. An expected fault at
 * start is one line on standard error and exit code 1.
 *
 * @param start starts it
 * @param expected classes of errors whose message says all there is to say
 */
export const runUntilSignal = async (
  start: () => Promise<Running>,
  expected: Parameters<typeof oneLineFaults>[1],
): Promise<void> => {
  const running = await oneLineFaults(start, expected);
  stopOn(running);
  process.stdout.write(`ready ${running.url}\n`);
};
