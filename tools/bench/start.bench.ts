import { nodeFlags } from '../../app/contract/node-flags.ts';
import { bundleRole } from '../../constructs/bundle/bundle-role.ts';
import { verifiedCode } from '../../constructs/bundle/verified-code.ts';
import { type Bench, median } from './bench.ts';
import { emptyNodeMs, type Start, startOf } from './start-process.ts';
import { WebhooksStart } from './webhooks-start.ts';

const RUNS = 15;
/** How much longer than an empty Node a role may take until it accepts. */
const EXTRA_MS = 300;

// Nothing listens at the broker's port: the ingest accepts before Kafka is there.
const INGEST = {
  KAFKA_BROKERS: '127.0.0.1:1',
  INGEST_WRITE_KEYS: 'bench=bench',
  HOST: '127.0.0.1',
  PORT: '0',
  METRICS_PORT: '0',
  LOG_LEVEL: 'silent',
};

/** Two decimals are more than such a figure holds. */
const rounded = (value: number): number => Math.round(value * 100) / 100;

const figuresOf = (starts: readonly Start[], emptyMs: number) => {
  const ms = median(starts.map((start) => start.ms));
  return { ms, extraMs: ms - emptyMs, rssMb: median(starts.map(({ rssMb }) => rssMb)) };
};

const brokenBy = (what: string, extraMs: number): readonly string[] =>
  extraMs <= EXTRA_MS
    ? []
    : [`${what}: ${extraMs.toFixed(0)} ms more than an empty Node; at most ${EXTRA_MS} are promised`];

export const bench: Bench = {
  about: `time until the bundled ingest accepts events, and until the first webhook is answered, against an empty Node: at most ${EXTRA_MS} ms more`,
  run: async (say) => {
    const bundle = bundleRole('ingest');
    const ingest = [...nodeFlags('ingest', 512), ...verifiedCode(bundle), bundle.files[0]?.path ?? ''];
    const webhooksStart = new WebhooksStart();
    const empty: number[] = [];
    const ingests: Start[] = [];
    const webhooks: Start[] = [];
    try {
      // Taken by turns, so that a busy moment of the machine meets all.
      for (let run = 0; run < RUNS; run += 1) {
        empty.push(await emptyNodeMs());
        ingests.push(await startOf(ingest, INGEST));
        webhooks.push(await webhooksStart.measure());
        const [none, ready, webhook] = [empty.at(-1), ingests.at(-1)?.ms, webhooks.at(-1)?.ms];
        say(
          `${run + 1}/${RUNS}: empty ${none?.toFixed(0)} ms, ingest ready ${ready?.toFixed(0)} ms, first webhook ${webhook?.toFixed(0)} ms`,
        );
      }
    } finally {
      webhooksStart.end();
    }
    const emptyMs = median(empty);
    const ready = figuresOf(ingests, emptyMs);
    const first = figuresOf(webhooks, emptyMs);
    return {
      figures: {
        emptyNodeMs: rounded(emptyMs),
        readyMs: rounded(ready.ms),
        extraMs: rounded(ready.extraMs),
        rssMb: rounded(ready.rssMb),
        webhooksFirstAnswerMs: rounded(first.ms),
        webhooksExtraMs: rounded(first.extraMs),
        webhooksRssMb: rounded(first.rssMb),
      },
      ratios: {
        readyOverEmptyNode: rounded(ready.ms / emptyMs),
        webhooksOverEmptyNode: rounded(first.ms / emptyMs),
      },
      broken: [...brokenBy('ingest', ready.extraMs), ...brokenBy('webhooks', first.extraMs)],
    };
  },
};
