import { Command, InvalidArgumentError } from 'commander';
import { BigQueryReader } from '../bigquery/bigquery-reader.ts';
import { LocalReader } from '../bigquery/local-reader.ts';
import type { WarehouseReader } from '../bigquery/port.ts';
import type { Bus } from '../kafka/port.ts';
import { kafkaBus } from '../roles/build-bus.ts';
import { processConfig } from '../runtime/config/process-config.ts';
import { createLogger } from '../runtime/logger.ts';
import { type Trace, trace } from '../trace/trace.ts';
import { type Verdict, verdicts } from '../trace/verdicts.ts';
import { QUERY_PATH } from '../warehouse/query-path.ts';
import { PLACE_OPTIONS, rangeOf } from './reconcile-options.ts';

interface Choice {
  readonly since: string;
  readonly max: number;
  /** Seconds. */
  readonly within: number;
  readonly kafka?: true;
  /** False with `--no-warehouse`. */
  readonly warehouse: boolean;
  readonly url: string;
  readonly project?: string;
  readonly dataset: string;
  readonly json?: true;
}

/** What the command uses of the world. */
export interface TraceWorld {
  /** Kafka by the settings of this process; it is connected. */
  readonly bus: () => Promise<Bus>;
  readonly warehouse: (choice: Choice) => WarehouseReader;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly print: (text: string) => void;
  /** Sets the exit code. */
  readonly end: (code: number) => void;
  /** Milliseconds without a record after which a topic counts as read. */
  readonly quietMs: number;
}

const NOT_FOUND = 1;
const INCOMPLETE = 3;
const MOST = 10_000_000;

const systemWorld: TraceWorld = {
  bus: async () => {
    const config = processConfig('kafka');
    const bus = await kafkaBus(config, 'cio-platform', createLogger('cli', config.logLevel));
    await bus.connect();
    return bus;
  },
  warehouse: ({ url, project, dataset }) =>
    project === undefined
      ? new LocalReader(new URL(QUERY_PATH, url).href)
      : new BigQueryReader({ project, dataset }),
  now: Date.now,
  print: (text) => process.stdout.write(`${text}\n`),
  end: (code) => {
    process.exitCode = code;
  },
  quietMs: 5_000,
};

const wholeNumber = (value: string): number => {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= MOST) return number;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST}.`);
};

const reportText = (id: string, { steps, searched }: Trace, found: readonly Verdict[]): string => {
  const lines = steps.map(({ at, where, what, eventId, deliveryId }) =>
    [new Date(at).toISOString(), where, what, eventId ?? '', deliveryId ?? ''].join('  ').trimEnd(),
  );
  const told = found.map(({ eventId, deliveryId, words }) => `${deliveryId ?? eventId ?? id}: ${words}.`);
  const unread = Object.keys(searched).filter((store) => searched[store] === false);
  return [
    ...lines,
    ...(told.length > 0
      ? ['', ...told]
      : [`Nothing is known of ${id} in ${Object.keys(searched).join(', ')}.`]),
    ...(unread.length > 0
      ? [`Not read to the end, --max and --within read more: ${unread.join(', ')}.`]
      : []),
  ].join('\n');
};

const codeOf = ({ steps, searched }: Trace): number => {
  if (Object.values(searched).includes(false)) return INCOMPLETE;
  return steps.length === 0 ? NOT_FOUND : 0;
};

const run = async (id: string, choice: Choice, command: Command, world: TraceWorld): Promise<void> => {
  const now = world.now();
  let since: number;
  try {
    since = rangeOf(choice, now).from;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return command.error(`error: ${error.message}`);
  }
  const limits = { since, max: choice.max, withinMs: choice.within * 1000, quietMs: world.quietMs };
  const bus = choice.kafka ? await world.bus() : undefined;
  try {
    const warehouse = choice.warehouse ? world.warehouse(choice) : undefined;
    const found = await trace(id, { bus, warehouse }, limits, now);
    const told = verdicts(found);
    const steps = found.steps.map((step) => ({ ...step, at: new Date(step.at).toISOString() }));
    const json = (): string => JSON.stringify({ id, verdicts: told, steps, searched: found.searched });
    world.print(choice.json ? json() : reportText(id, found, told));
    world.end(codeOf(found));
  } finally {
    await bus?.close();
  }
};

/**
 * `cio-platform trace`: what became of an event or a message, in the warehouse and, with `--kafka`, in Kafka.
 *
 * @param instead replaces parts of the world, for tests
 */
export const traceCommand = (instead: Partial<TraceWorld> = {}): Command => {
  const world = { ...systemWorld, ...instead };
  const command = new Command('trace')
    .description(
      'tell what became of an event or a message, where it is stuck and why. Exit codes: 0 found, 1 not found, 2 usage, ' +
        '3 Kafka was not read to its end',
    )
    .argument('<id>', 'a messageId, event id, correlation id, delivery id, or a person’s id')
    .option('--since <age>', 'no older than that: an age such as 24h, or a time', '24h')
    .option('--kafka', 'also read the topics (KAFKA_BROKERS and its settings)')
    .option('--no-warehouse', 'leave the warehouse out')
    .option('--max <count>', 'look at most at so many records of each topic', wholeNumber, 1_000_000)
    .option('--within <seconds>', 'read each topic for so long at most', wholeNumber, 60)
    .option('--json', 'print JSON')
    .action((id: string, choice: Choice, self: Command) => run(id, choice, self, world));
  for (const option of PLACE_OPTIONS) command.addOption(option);
  return command;
};
