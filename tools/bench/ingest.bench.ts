import { join } from 'node:path';
import { nodeFlags } from '../../app/contract/node-flags.ts';
import { type Bench, median } from './bench.ts';
import { batches, KEY, singles } from './ingest-requests.ts';
import { closedLoop } from './webhooks-load.ts';
import { type BenchServer, startServer } from './webhooks-server.ts';

const ROUNDS = 7;
const ROUND_SECONDS = 2;
const WARM_SECONDS = 4;
const CONNECTIONS = 32;
const MEMORY_MIB = 512;

const ENVIRONMENT = {
  PORT: '0',
  HOST: '127.0.0.1',
  METRICS_PORT: '0',
  KAFKA_BROKERS: '127.0.0.1:1',
  KAFKA_TLS: 'false',
  INGEST_WRITE_KEYS: `bench=${KEY}`,
  LOG_LEVEL: 'info',
};

const LOADS = { single: singles, batch: batches } as const;
type LoadName = keyof typeof LOADS;
const NAMES = Object.keys(LOADS) as readonly LoadName[];

/** As it is deployed, with its flags and log lines, but with a Kafka in memory that forgets. */
const startIngest = (): Promise<BenchServer> =>
  startServer(
    [...nodeFlags('ingest', MEMORY_MIB), join(import.meta.dirname, '../attacks/ingest.main.ts')],
    ENVIRONMENT,
  );
const startBare = (): Promise<BenchServer> =>
  startServer([join(import.meta.dirname, 'ingest-bare.main.ts')], {});

const loaded = async ({ url }: BenchServer, name: LoadName, seconds: number): Promise<number> => {
  const result = await closedLoop({ url, requests: LOADS[name], seconds }, CONNECTIONS);
  if (result.failed > 0) throw new Error(`${result.failed} requests of ${name} were not answered 200`);
  return result.requestsPerSecond;
};

/** Requests per second of the bare server and of the ingest, by turns, so that a busy moment of the machine meets both. */
type Pair = readonly [bare: number, ingest: number];

const rounds = async (
  servers: readonly [BenchServer, BenchServer],
  say: (line: string) => void,
): Promise<{ readonly pairs: Record<LoadName, Pair[]>; readonly peakRssMb: number }> => {
  const pairs: Record<LoadName, Pair[]> = { single: [], batch: [] };
  let peakRssMb = 0;
  for (const name of NAMES) for (const server of servers) await loaded(server, name, WARM_SECONDS);
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const name of NAMES) {
      const pair: Pair = [
        await loaded(servers[0], name, ROUND_SECONDS),
        await loaded(servers[1], name, ROUND_SECONDS),
      ];
      pairs[name].push(pair);
      peakRssMb = Math.max(peakRssMb, servers[1].rssMb());
      say(`${round}/${ROUNDS} ${name}: bare ${pair[0].toFixed(0)}/s, ingest ${pair[1].toFixed(0)}/s`);
    }
  }
  return { pairs, peakRssMb };
};

const perSecond = (pairs: readonly Pair[], of: 0 | 1): number =>
  Math.round(median(pairs.map((pair) => pair[of])));
const ratio = (pairs: readonly Pair[]): number =>
  Math.round(median(pairs.map(([bare, ingest]) => ingest / bare)) * 100) / 100;

/** What the ingest costs beside the least that it could do. */
export const bench: Bench = {
  about: 'requests per second of the ingest, against a bare server that parses and validates the same',
  run: async (say) => {
    const servers = [await startBare(), await startIngest()] as const;
    try {
      const { pairs, peakRssMb } = await rounds(servers, say);
      return {
        figures: {
          singlesPerSecond: perSecond(pairs.single, 1),
          bareSinglesPerSecond: perSecond(pairs.single, 0),
          batchesPerSecond: perSecond(pairs.batch, 1),
          bareBatchesPerSecond: perSecond(pairs.batch, 0),
          peakRssMb: Math.round(peakRssMb),
        },
        ratios: { 'single/bare': ratio(pairs.single), 'batch/bare': ratio(pairs.batch) },
        broken: [],
      };
    } finally {
      await Promise.all(servers.map((server) => server.end()));
    }
  },
};
