/** What the bus writes its log to; a pino logger is one. */
export interface BusLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A token for SASL OAUTHBEARER; `extensions` go along with it (RFC 7628, section 3.1). */
export interface BearerToken {
  readonly value: string;
  readonly extensions?: Readonly<Record<string, string>>;
}

/**
 * Gives a token that is valid now; asked at every authentication, so it keeps one until shortly before its end.
 *
 * @param refused the token that a broker refused last: one to replace, whatever its end
 */
export type BearerTokens = (refused?: string) => Promise<BearerToken>;

/** A credential for Kafka. */
export type Sasl =
  | {
      readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
      readonly username: string;
      readonly password: string;
    }
  | { readonly mechanism: 'oauthbearer'; readonly token: BearerTokens };

/** Where and how to reach Kafka. */
export interface KafkajsBusOptions {
  /** `host:port` of some brokers; the others are found by them. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  /**
   * TLS: `true` trusts what Node trusts, `ca` only these certificate authorities: PEM text with one certificate or more.
   * @default no TLS
   */
  readonly ssl?: boolean | { readonly ca: string };
  /**
   * The credential, asked for each kafkajs client that is made: a changed one counts from the next client on. Undefined is no
   * authentication.
   * @default no authentication
   */
  readonly sasl?: () => Sasl | undefined;
  /**
   * Hears whenever a broker, or what gives tokens, refuses the credential: to read it anew at once. The bus asks
   * {@link sasl} again within about a second. It only takes note: what it throws is a fault of the program.
   * @default nobody
   */
  readonly onAuthenticationFailed?: () => void;
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
  send: { connectWithin: 2_000, retryWithin: 1_000, retryDelay: 250, refusedDelay: 1_000 },
  connectWithin: 10_000,
  /** How long a source of tokens may take. */
  tokenWithin: 11_000,
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
