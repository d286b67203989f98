import { join } from 'node:path';
import { nodeFlags } from '../../app/contract/node-flags.ts';
import { type Bench, median } from './bench.ts';
import { closedLoop, type LoadResult, openLoop, quantile } from './webhooks-load.ts';
import { KEY, signedRequests } from './webhooks-requests.ts';
import { type BenchServer, startServer } from './webhooks-server.ts';
import { ENVIRONMENT, WebhooksBundle } from './webhooks-start.ts';

const ROUNDS = 15;
const ROUND_SECONDS = 1;
const WARM_SECONDS = 6;
const CONNECTIONS = 32;
const BARE = join(import.meta.dirname, 'webhooks-bare.main.ts');

const PER_SECOND = 1000;
const OPEN_SECONDS = 30;
const OPEN_CONNECTIONS = 500;
const STREAM_MS = 50;

/** What is promised. */
const MOST = { p99Ms: 100, rssMb: 150 };
const LEAST_RATIO = 0.5;

const requests = signedRequests(1000);
const rounded = (value: number): number => Math.round(value * 100) / 100;

/** Two servers loaded by turns, so that a busy moment of the machine meets both. */
interface Rounds {
  readonly bare: readonly LoadResult[];
  readonly receiver: readonly LoadResult[];
}

/** As it is deployed: with its flags, and with its log lines. */
const startReceiver = (file: string, streamMs: number): Promise<BenchServer> =>
  startServer([...nodeFlags('webhooks', 512), file, String(streamMs)], { ...ENVIRONMENT, LOG_LEVEL: 'info' });
const startBare = (latencyMs: number): Promise<BenchServer> =>
  startServer([BARE, KEY, String(latencyMs)], {});

const rounds = async (file: string, say: (line: string) => void): Promise<Rounds> => {
  const servers = [await startBare(0), await startReceiver(file, 0)] as const;
  const [bare, receiver]: [LoadResult[], LoadResult[]] = [[], []];
  const loop = ({ url }: BenchServer, seconds: number): Promise<LoadResult> =>
    closedLoop({ url, requests, seconds }, CONNECTIONS);
  try {
    for (const server of servers) await loop(server, WARM_SECONDS);
    for (let round = 1; round <= ROUNDS; round += 1) {
      const results = [await loop(servers[0], ROUND_SECONDS), await loop(servers[1], ROUND_SECONDS)] as const;
      bare.push(results[0]);
      receiver.push(results[1]);
      const [without, own] = results.map(({ requestsPerSecond }) => requestsPerSecond.toFixed(0));
      say(`${round}/${ROUNDS}: bare ${without}/s, receiver ${own}/s`);
    }
  } finally {
    await Promise.all(servers.map((server) => server.end()));
  }
  return { bare, receiver };
};

/** A steady load; the stream is as slow as Pub/Sub may be. */
const steady = async (server: BenchServer): Promise<{ result: LoadResult; rssMb: number }> => {
  let rssMb = 0;
  const sample = (): void => {
    rssMb = Math.max(rssMb, server.rssMb());
  };
  const timer = setInterval(sample, 5_000);
  try {
    const load = { url: server.url, requests };
    await openLoop({ ...load, seconds: 3 }, PER_SECOND, OPEN_CONNECTIONS);
    const result = await openLoop({ ...load, seconds: OPEN_SECONDS }, PER_SECOND, OPEN_CONNECTIONS);
    sample();
    return { result, rssMb };
  } finally {
    clearInterval(timer);
    await server.end();
  }
};

const perSecond = (results: readonly LoadResult[]): number =>
  median(results.map(({ requestsPerSecond }) => requestsPerSecond));
const middle = (results: readonly LoadResult[], share: number): number =>
  rounded(median(results.map(({ latencies }) => quantile(latencies, share))));
const failedOf = (results: readonly LoadResult[]): number =>
  results.reduce((sum, { failed }) => sum + failed, 0);

const measure = async (say: (line: string) => void, file: string) => {
  const { bare, receiver } = await rounds(file, say);
  say(`${PER_SECOND}/s for ${OPEN_SECONDS} s, first a bare server and then a stream of ${STREAM_MS} ms`);
  const bareSteady = await steady(await startBare(STREAM_MS));
  const { result, rssMb } = await steady(await startReceiver(file, STREAM_MS));
  const ratio = median(
    receiver.map(({ requestsPerSecond }, index) => requestsPerSecond / (bare[index]?.requestsPerSecond ?? 0)),
  );
  const p99Ms = quantile(result.latencies, 0.99);
  const bareP99Ms = quantile(bareSteady.result.latencies, 0.99);
  const failed = failedOf([...bare, ...receiver, bareSteady.result, result]);
  return {
    figures: {
      bareRequestsPerSecond: Math.round(perSecond(bare)),
      requestsPerSecond: Math.round(perSecond(receiver)),
      bareP50Ms: middle(bare, 0.5),
      p50Ms: middle(receiver, 0.5),
      bareP99Ms: middle(bare, 0.99),
      p99Ms: middle(receiver, 0.99),
      steadyBareP50Ms: rounded(quantile(bareSteady.result.latencies, 0.5)),
      steadyBareP99Ms: rounded(bareP99Ms),
      steadyRequestsPerSecond: rounded(result.requestsPerSecond),
      steadyP50Ms: rounded(quantile(result.latencies, 0.5)),
      steadyP99Ms: rounded(p99Ms),
      steadyRssMb: rounded(rssMb),
    },
    ratios: { receiverOverBare: rounded(ratio), steadyP99OverBare: rounded(p99Ms / bareP99Ms) },
    broken: [
      ...(ratio >= LEAST_RATIO
        ? []
        : [`receiver: ${rounded(ratio)} of a bare server; at least ${LEAST_RATIO}`]),
      ...(p99Ms < MOST.p99Ms ? [] : [`p99 at ${PER_SECOND}/s: ${rounded(p99Ms)} ms; below ${MOST.p99Ms}`]),
      ...(rssMb < MOST.rssMb ? [] : [`memory at ${PER_SECOND}/s: ${rounded(rssMb)} MB; below ${MOST.rssMb}`]),
      ...(failed === 0 ? [] : [`${failed} requests were not answered 200`]),
    ],
  };
};

export const bench: Bench = {
  about: `webhooks a second against a server that only checks and parses: at least ${LEAST_RATIO} of it; at ${PER_SECOND}/s p99 below ${MOST.p99Ms} ms and memory below ${MOST.rssMb} MB`,
  run: async (say) => {
    const bundle = new WebhooksBundle();
    try {
      return await measure(say, bundle.file);
    } finally {
      bundle.end();
    }
  },
};
