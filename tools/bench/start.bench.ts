import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { bundleRole } from '../../constructs/bundle/bundle-role.ts';
import { type Bench, median } from './bench.ts';

const RUNS = 15;
const READY_WITHIN_MS = 10_000;
/** How much longer than an empty Node the ingest may take until it accepts events. */
const EXTRA_MS = 300;

// Nothing listens at the broker's port: the ingest accepts before Kafka is there.
const ENVIRONMENT = {
  KAFKA_BROKERS: '127.0.0.1:1',
  INGEST_WRITE_KEYS: 'bench=bench',
  HOST: '127.0.0.1',
  PORT: '0',
  METRICS_PORT: '0',
  LOG_LEVEL: 'silent',
};

const emptyNodeMs = async (): Promise<number> => {
  const start = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { env: {}, stdio: 'ignore' }), 'exit');
  return performance.now() - start;
};

const rssMbOf = (pid: number): number =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;

/** From the start of the process to its `ready` line, and its memory then. */
const readyAfter = async (file: string): Promise<{ readonly ms: number; readonly rssMb: number }> => {
  const start = performance.now();
  const child = spawn(process.execPath, [file], { env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), READY_WITHIN_MS);
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.startsWith('ready ')) continue;
      return { ms: performance.now() - start, rssMb: rssMbOf(child.pid ?? 0) };
    }
    throw new Error(`the ingest ended, or was not ready within ${READY_WITHIN_MS} ms`);
  } finally {
    clearTimeout(timer);
    child.kill('SIGKILL');
    await exited;
  }
};

/** Two decimals are more than such a figure holds. */
const rounded = (value: number): number => Math.round(value * 100) / 100;

export const bench: Bench = {
  about: `time until the bundled ingest accepts events, against an empty Node: at most ${EXTRA_MS} ms more`,
  run: async (say) => {
    const file = bundleRole('ingest').files[0]?.path ?? '';
    const empty: number[] = [];
    const ready: Awaited<ReturnType<typeof readyAfter>>[] = [];
    // Taken by turns, so that a busy moment of the machine meets both.
    for (let run = 0; run < RUNS; run += 1) {
      empty.push(await emptyNodeMs());
      ready.push(await readyAfter(file));
      say(
        `${run + 1}/${RUNS}: empty ${empty.at(-1)?.toFixed(0)} ms, ready ${ready.at(-1)?.ms.toFixed(0)} ms`,
      );
    }
    const emptyMs = median(empty);
    const readyMs = median(ready.map(({ ms }) => ms));
    const extraMs = readyMs - emptyMs;
    return {
      figures: {
        emptyNodeMs: rounded(emptyMs),
        readyMs: rounded(readyMs),
        extraMs: rounded(extraMs),
        rssMb: rounded(median(ready.map(({ rssMb }) => rssMb))),
      },
      ratios: { readyOverEmptyNode: rounded(readyMs / emptyMs) },
      broken:
        extraMs <= EXTRA_MS
          ? []
          : [`${extraMs.toFixed(0)} ms more than an empty Node; at most ${EXTRA_MS} are promised`],
    };
  },
};
