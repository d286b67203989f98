import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const READY_WITHIN_MS = 10_000;

/** A start that was measured. */
export interface Start {
  /** From the start of the process until it was found ready. */
  readonly ms: number;
  readonly rssMb: number;
}

/** How long a Node that does nothing takes from its start to its end, in milliseconds. */
export const emptyNodeMs = async (): Promise<number> => {
  const start = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { env: {}, stdio: 'ignore' }), 'exit');
  return performance.now() - start;
};

const rssMbOf = (pid: number): number =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;

/**
 * Starts a role and measures until it is ready, then ends it.
 *
 * @param args of Node: its flags, and the role's file last
 * @param isReady what must have happened after its `ready` line, with its URL
 * @throws Error when it ends before, or takes too long
 */
export const startOf = async (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  isReady: (url: string) => Promise<void> = async () => undefined,
): Promise<Start> => {
  const start = performance.now();
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), READY_WITHIN_MS);
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.startsWith('ready ')) continue;
      await isReady(line.slice('ready '.length));
      return { ms: performance.now() - start, rssMb: rssMbOf(child.pid ?? 0) };
    }
    throw new Error(`${args.at(-1)} ended, or was not ready within ${READY_WITHIN_MS} ms`);
  } finally {
    clearTimeout(timer);
    child.kill('SIGKILL');
    await exited;
  }
};
