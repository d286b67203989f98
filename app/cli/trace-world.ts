import { BigQueryReader } from '../bigquery/bigquery-reader.ts';
import { LocalReader } from '../bigquery/local-reader.ts';
import type { WarehouseSearch } from '../bigquery/port.ts';
import type { ConfigFor } from '../contract/env.ts';
import { type Bus, BusError } from '../kafka/port.ts';
import { kafkaBus } from '../roles/build-bus.ts';
import { ConfigError } from '../runtime/config/parse-config.ts';
import { processConfig } from '../runtime/config/process-config.ts';
import { createLogger, silentLogger } from '../runtime/logger.ts';
import type { TraceAnswer } from '../trace/trace-answer.ts';
import { QUERY_PATH } from '../warehouse/query-path.ts';
import { askTrace, type TraceQuestion } from './ask-trace.ts';
import { type Shown, terminal } from './terminal.ts';

/** Where the warehouse is. */
interface Place {
  readonly url: string;
  readonly project?: string;
  readonly dataset: string;
}

/** What `trace` uses of the world. */
export interface TraceWorld {
  /**
   * Kafka by the settings of this process, connected; undefined where there are none.
   *
   * @param isDemanded true: it is a fault that there are none
   */
  readonly bus: (isDemanded: boolean) => Promise<Bus | undefined>;
  readonly warehouse: (place: Place) => WarehouseSearch;
  /** Asks a running `npm start`. */
  readonly ask: (url: string, id: string, question: TraceQuestion) => Promise<TraceAnswer>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly print: (text: Shown) => void;
  /** Sets the exit code. */
  readonly end: (code: number) => void;
  /** Milliseconds without a record after which a topic counts as read. */
  readonly quietMs: number;
}

const BROKERS = 'KAFKA_BROKERS';

const kafkaConfig = (isDemanded: boolean): ConfigFor<'kafka'> | undefined => {
  try {
    return processConfig('kafka');
  } catch (error) {
    const isAbsent = error instanceof ConfigError && error.faults.some(({ name }) => name === BROKERS);
    if (isAbsent && !isDemanded) return undefined;
    throw error;
  }
};

/** What the command says of a fault of Kafka. */
export const kafkaFault = (error: unknown): unknown =>
  error instanceof BusError
    ? new BusError(
        error.code,
        `Kafka cannot be read: ${error.message}: check ${BROKERS} and its settings, or leave Kafka out with --no-kafka`,
        { cause: error },
      )
    : error;

const connectedBus = async (isDemanded: boolean): Promise<Bus | undefined> => {
  const config = kafkaConfig(isDemanded);
  if (config === undefined) return undefined;
  // What is wrong is said in one sentence at the end; the client’s own lines would stand around it.
  const logger = config.logLevel === 'debug' ? createLogger('cli', config.logLevel) : silentLogger;
  const bus = await kafkaBus(config, 'cio-platform', logger);
  try {
    await bus.connect();
    return bus;
  } catch (error) {
    await bus.close();
    throw error;
  }
};

/** The world as it is. */
export const systemTraceWorld: TraceWorld = {
  bus: connectedBus,
  warehouse: ({ url, project, dataset }) =>
    project === undefined
      ? new LocalReader(new URL(QUERY_PATH, url).href)
      : new BigQueryReader({ project, dataset }),
  ask: askTrace,
  now: Date.now,
  print: terminal.print,
  end: (code) => {
    process.exitCode = code;
  },
  quietMs: 5_000,
};
