import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const READY_WITHIN_MS = 10_000;

/** A server of the bench in a process of its own. */
export interface BenchServer {
  readonly url: string;
  rssMb(): number;
  end(): Promise<void>;
}

/**
 * Starts a server and waits for its `ready` line. Its log lines are written, but to nowhere.
 *
 * @throws Error when it ends before, or takes too long
 */
export const startServer = async (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<BenchServer> => {
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const exited = once(child, 'exit');
  const end = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  const timer = setTimeout(() => child.kill('SIGKILL'), READY_WITHIN_MS);
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.startsWith('ready ')) continue;
      const url = line.slice('ready '.length).replace('localhost', '127.0.0.1');
      child.stdout.resume();
      const pid = String(child.pid);
      const rssMb = (): number =>
        Number(execFileSync('ps', ['-o', 'rss=', '-p', pid], { encoding: 'utf8' })) / 1024;
      return { url, rssMb, end };
    }
  } finally {
    clearTimeout(timer);
  }
  await end();
  throw new Error(`${args[0]} ended, or was not ready within ${READY_WITHIN_MS} ms`);
};
