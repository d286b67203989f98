import './kafkajs-idle-queue.ts';
import { Kafka, logLevel, type RetryOptions } from 'kafkajs';

/** What the bus writes its log to; a pino logger is one. */
export interface BusLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Where and how to reach Kafka. */
export interface KafkajsBusOptions {
  /** `host:port` of some brokers; the others are found by them. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  /**
   * TLS: `true` trusts what Node trusts, `ca` is a certificate authority in PEM.
   * @default no TLS
   */
  readonly ssl?: boolean | { readonly ca?: string };
  /** @default no authentication */
  readonly sasl?: { readonly mechanism: 'plain'; readonly username: string; readonly password: string };
  /**
   * Milliseconds without a heartbeat after which the broker gives a member's partitions to others.
   * @default 30000; `npm start` takes 6000
   */
  readonly sessionTimeoutMs?: number;
  readonly logger: BusLogger;
}

const DEFAULT_SESSION_TIMEOUT_MS = 30_000;

/**
 * Every setting of kafkajs that differs from its defaults. All times in milliseconds. kafkajs takes other retries under
 * `NODE_ENV=test`, so each is given in full.
 */
export const SETTINGS = {
  connectionTimeout: 2_000,
  /** Without an answer for so long, a request has failed. With `connectWithin` and `retryWithin`: at most 8 s a send. */
  requestTimeout: 4_500,
  send: { connectWithin: 2_000, retryWithin: 1_000, retryDelay: 250 },
  connectWithin: 10_000,
  /** How long stopping may take before it goes on without the broker's answer. */
  stopWithin: 5_000,
  /** Between a consumer that failed and the one made in its place. */
  recreateDelay: 1_000,
  retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000, factor: 0.2, multiplier: 2 },
  /** A send is tried again by its own rule: never after a time-out, when the first may still be written. */
  producerRetry: { retries: 0 },
  consumer: {
    maxWaitTimeInMs: 100,
    maxBytes: 2 * 1024 * 1024,
    maxBytesPerPartition: 1024 * 1024,
    allowAutoTopicCreation: false,
  },
  run: { autoCommit: false, eachBatchAutoResolve: false },
} as const;

/** The times of a group membership that follow from the session time-out. */
export function groupTimes(options: KafkajsBusOptions): {
  sessionTimeout: number;
  heartbeatInterval: number;
  rebalanceTimeout: number;
} {
  const sessionTimeout = options.sessionTimeoutMs ?? DEFAULT_SESSION_TIMEOUT_MS;
  return {
    sessionTimeout,
    heartbeatInterval: Math.min(3_000, Math.floor(sessionTimeout / 6)),
    rebalanceTimeout: sessionTimeout * 2,
  };
}

/** A kafkajs client. A new one for every producer, consumer and admin: consumers of one client share positions. */
export function createKafka(options: KafkajsBusOptions): Kafka {
  const retry: RetryOptions = { ...SETTINGS.retry, restartOnFailure: async () => false };
  return new Kafka({
    brokers: [...options.brokers],
    clientId: options.clientId,
    ...(options.ssl === undefined ? {} : { ssl: tlsOf(options.ssl) }),
    ...(options.sasl === undefined ? {} : { sasl: options.sasl }),
    connectionTimeout: SETTINGS.connectionTimeout,
    requestTimeout: SETTINGS.requestTimeout,
    retry,
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => forwardLog(options.logger, entry.namespace, entry.log),
  });
}

const tlsOf = (ssl: boolean | { readonly ca?: string }): boolean | { ca?: string } =>
  typeof ssl === 'boolean' ? ssl : { ...ssl };

function forwardLog(
  logger: BusLogger,
  namespace: string,
  { message, timestamp: _, stack: __, ...fields }: { readonly message: string; [field: string]: unknown },
): void {
  // An error answer to one request is also thrown to the caller, who judges it: a new topic has no leader for a moment.
  if (namespace === 'Connection' && 'correlationId' in fields) return;
  // What kafkajs calls an error it either recovers from or throws, and then the bus tells of it.
  logger.warn({ ...fields, namespace }, message);
}
