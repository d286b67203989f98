import { Command, InvalidArgumentError } from 'commander';
import { eventIdOf } from '../local/event-id-of.ts';
import { idFault } from '../trace/id-fault.ts';
import { sinceOf } from '../trace/since-of.ts';
import { trace } from '../trace/trace.ts';
import { type TraceAnswer, traceAnswer } from '../trace/trace-answer.ts';
import { PLACE_OPTIONS } from './reconcile-options.ts';
import { type Shown, shown, shownJson } from './terminal.ts';
import { traceReport } from './trace-report.ts';
import { kafkaFault, systemTraceWorld, type TraceWorld } from './trace-world.ts';

interface Choice {
  readonly since: string;
  readonly max: number;
  /** Seconds. */
  readonly within: number;
  /** True where it is demanded, false where it is left out; else it is read where it is set. */
  readonly kafka?: boolean;
  /** False with `--no-warehouse`. */
  readonly warehouse: boolean;
  readonly url: string;
  readonly project?: string;
  readonly dataset: string;
  readonly json?: true;
}

const NOT_FOUND = 1;
const INCOMPLETE = 3;
const MOST = 10_000_000;
const LONGEST_SECONDS = 600;

/** A call of the command that makes no sense. */
class UsageError extends Error {}

const upTo =
  (most: number) =>
  (value: string): number => {
    const number = Number(value);
    if (Number.isInteger(number) && number >= 1 && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`);
  };

const isCut = ({ searched }: TraceAnswer): boolean => Object.values(searched).includes(false);

const codeOf = (answer: TraceAnswer): number => {
  if (isCut(answer)) return INCOMPLETE;
  return answer.steps.length === 0 ? NOT_FOUND : 0;
};

const json = (answer: TraceAnswer): Shown =>
  shownJson({ ...answer, ...(isCut(answer) && { truncated: true }) });

const sinceIn = (since: string, now: number): number => {
  try {
    return sinceOf(since, now);
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(`--${error.message}`) : error;
  }
};

/** Searches from here: BigQuery, and Kafka where it is set. */
const traceHere = async (
  id: string,
  choice: Choice,
  world: TraceWorld,
  since: number,
): Promise<TraceAnswer> => {
  const { kafka, max, within } = choice;
  const bus = kafka === false ? undefined : await world.bus(kafka === true);
  const warehouse = choice.warehouse ? world.warehouse(choice) : undefined;
  if (bus === undefined && warehouse === undefined) {
    throw new UsageError('nothing is left to search: --no-warehouse needs Kafka, so set KAFKA_BROKERS');
  }
  const limits = { since, max, withinMs: within * 1000, quietMs: world.quietMs };
  try {
    return traceAnswer(id, since, await trace(id, { bus, warehouse, eventIdOf }, limits, world.now()));
  } finally {
    await bus?.close();
  }
};

/** A running npm start searches its own bus and warehouse, unless something else is asked for. */
const answerTo = async (id: string, choice: Choice, world: TraceWorld): Promise<TraceAnswer> => {
  const { url, project, kafka, warehouse, max, within } = choice;
  const since = sinceIn(choice.since, world.now());
  if (project === undefined && kafka === undefined && warehouse) {
    // As it was given: the oldest age there may be would be too old a moment later.
    return world.ask(url, id, { since: choice.since, max, within });
  }
  return traceHere(id, choice, world, since);
};

const run = async (id: string, choice: Choice, command: Command, world: TraceWorld): Promise<void> => {
  try {
    const fault = idFault(id);
    if (fault !== undefined) throw new UsageError(fault);
    const answer = await answerTo(id, choice, world);
    world.print(choice.json ? json(answer) : shown(traceReport(answer, choice.since)));
    world.end(codeOf(answer));
  } catch (error) {
    if (error instanceof UsageError) return command.error(`error: ${error.message}`);
    throw kafkaFault(error);
  }
};

/**
 * `cio-platform trace`: what became of an event or a message, by a running `npm start` or, with `--project`, in BigQuery and
 * Kafka.
 *
 * @param instead replaces parts of the world, for tests
 */
export const traceCommand = (instead: Partial<TraceWorld> = {}): Command => {
  const world = { ...systemTraceWorld, ...instead };
  const command = new Command('trace')
    .description(
      'tell what became of an event or a message, where it is stuck and why: in the bus and the warehouse of a running npm ' +
        'start or, with --project, in BigQuery and in Kafka where KAFKA_BROKERS is set. Exit codes: 0 found, 1 failed or not found, ' +
        '2 usage, 3 not everything was read, 4 could not ask: a store cannot be reached or lets nobody in',
    )
    .argument('<id>', 'a messageId, event id, correlation id, delivery id, or a person’s id')
    .option('--since <age>', 'no older than that: an age such as 24h, or a time', '24h')
    .option('--kafka', 'read the topics from here, and fail where KAFKA_BROKERS is not set')
    .option('--no-kafka', 'leave the topics out')
    .option('--no-warehouse', 'leave the warehouse out')
    .option(
      '--max <count>',
      'look at most at so many records of each topic, the newest',
      upTo(MOST),
      1_000_000,
    )
    .option('--within <seconds>', 'read each topic for so long at most', upTo(LONGEST_SECONDS), 60)
    .option('--json', 'print JSON')
    .action((id: string, choice: Choice, self: Command) => run(id, choice, self, world));
  for (const option of PLACE_OPTIONS) command.addOption(option);
  return command;
};
