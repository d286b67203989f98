import type { Scope } from './roles.ts';
import type { Secret, SecretName } from './secrets.ts';
import type { Setting, SettingKind } from './setting.ts';

const EVERY = ['ingest', 'track-worker', 'local'] as const;
const EVERY_AND_CLI = [...EVERY, 'kafka'] as const;

/**
 * Every environment variable, once. Containers ({@link EnvFor}), the parser ({@link ConfigFor}) and the README's table all
 * derive from it: a new setting is one row here, one prop in the construct and one use.
 */
export const ENV = {
  HOST: {
    scopes: ['ingest', 'webhooks', 'local', 'fake-customerio'],
    kind: 'text',
    default: '0.0.0.0',
    local: '127.0.0.1',
    about: 'address to listen on',
  },
  PORT: {
    scopes: ['ingest', 'webhooks', 'local', 'fake-customerio'],
    kind: 'port',
    default: '8080',
    fake: '8081',
    about: 'port to listen on; 0 takes a free one',
  },
  LOCAL_HOSTS: {
    scopes: ['local', 'fake-customerio'],
    kind: 'host-names',
    optional: true,
    about:
      'names, comma separated, under which `npm start` and the fake may be asked besides localhost, *.localhost and IP addresses, such as that of a container',
  },
  METRICS_PORT: {
    scopes: ['ingest', 'track-worker', 'webhooks'],
    kind: 'port',
    default: '9090',
    about: 'port of `/metrics`, never the public one; with `npm start` it is on `PORT`',
  },
  LOG_LEVEL: {
    scopes: [...EVERY_AND_CLI, 'webhooks', 'stream', 'app-api', 'fake-customerio'],
    kind: ['debug', 'info', 'warn', 'error', 'silent'],
    default: 'info',
    about: 'least level that is logged',
  },
  GOOGLE_CLOUD_PROJECT: {
    scopes: ['ingest', 'webhooks', 'local'],
    kind: 'text',
    optional: true,
    about: 'project whose traces log lines name; without it they have the bare id of the trace',
  },
  KAFKA_BROKERS: {
    scopes: EVERY_AND_CLI,
    kind: 'list',
    local: null,
    about: 'bootstrap servers, comma separated; without it `npm start` keeps an in-memory bus',
  },
  KAFKA_TLS: {
    scopes: EVERY_AND_CLI,
    kind: 'boolean',
    default: 'true',
    local: 'false',
    about: 'TLS to the brokers',
  },
  KAFKA_SASL_MECHANISM: {
    scopes: EVERY_AND_CLI,
    kind: ['none', 'plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'],
    default: 'none',
    about: 'how the client authenticates',
  },
  KAFKA_CA: {
    scopes: EVERY_AND_CLI,
    kind: 'certificates',
    optional: true,
    about: 'certificates, in PEM, of a private authority that signed the brokers’; public ones are known',
  },
  KAFKA_OAUTH_TOKEN_URL: {
    scopes: EVERY_AND_CLI,
    kind: 'endpoint',
    optional: true,
    about:
      'where `oauthbearer` gets tokens by client credentials (user name and password); without it tokens are Google’s, for Managed Service for Apache Kafka',
  },
  KAFKA_OAUTH_SCOPE: {
    scopes: EVERY_AND_CLI,
    kind: 'text',
    optional: true,
    about: 'scope to ask `KAFKA_OAUTH_TOKEN_URL` for',
  },
  KAFKA_OAUTH_EXTENSIONS: {
    scopes: EVERY_AND_CLI,
    kind: 'pairs',
    optional: true,
    about: 'SASL extensions sent with a token, `key=value`, comma separated',
  },
  KAFKA_SASL_USERNAME: {
    scopes: EVERY_AND_CLI,
    kind: 'text',
    optional: true,
    secret: 'kafka-username',
    about: 'user name for SASL',
  },
  KAFKA_SASL_PASSWORD: {
    scopes: EVERY_AND_CLI,
    kind: 'text',
    optional: true,
    secret: 'kafka-password',
    about: 'password for SASL',
  },
  KAFKA_TOPICS: {
    scopes: EVERY,
    kind: ['create', 'verify'],
    default: 'verify',
    local: 'create',
    about: 'create missing topics at start, or only verify them',
  },
  KAFKA_SESSION_TIMEOUT_MS: {
    scopes: EVERY,
    kind: 'count',
    default: '30000',
    local: '6000',
    about: 'milliseconds without a heartbeat after which Kafka gives a consumer up',
  },
  CUSTOMERIO_REGION: {
    scopes: ['track-worker', 'local', 'app-api'],
    kind: ['us', 'eu'],
    local: 'us',
    about: 'data center of the workspace',
  },
  CUSTOMERIO_TRACK_URL: {
    scopes: ['track-worker', 'local'],
    kind: 'url',
    optional: true,
    about:
      'root of the Track API, such as `http://host:port/api/v1`, instead of the region’s; `npm start` uses the fake',
  },
  CUSTOMERIO_SITE_ID: {
    scopes: ['track-worker', 'local'],
    kind: 'text',
    local: 'local',
    secret: 'track-site-id',
    about: 'site id of the workspace',
  },
  CUSTOMERIO_TRACK_API_KEY: {
    scopes: ['track-worker', 'local'],
    kind: 'text',
    local: 'local',
    secret: 'track-api-key',
    about: 'Track API key',
  },
  INGEST_ACCESS: {
    scopes: ['ingest', 'local'],
    kind: ['write-key', 'iam'],
    default: 'write-key',
    about:
      'who may send: whoever has a write key, or whom Cloud Run let in (the source is then the e-mail of the ID token)',
  },
  INGEST_TOKEN_VERIFIED_BY: {
    scopes: ['ingest', 'local'],
    kind: 'text',
    optional: true,
    about:
      'who verifies ID tokens before they reach the ingest, in free words such as `Envoy at the edge`; without it `iam` runs on Cloud Run alone and takes only tokens that Cloud Run verified',
  },
  INGEST_MAPPING: {
    scopes: ['ingest', 'local'],
    kind: ['destination', 'as-sent'],
    default: 'destination',
    about:
      'how events are read: `destination` as Segment’s, RudderStack’s and Customer.io’s own destinations read them (ids, dates, commands, objects, names); `as-sent` leaves every field as it came',
  },
  INGEST_WRITE_KEYS: {
    scopes: ['ingest', 'local'],
    kind: 'write-keys',
    optional: true,
    local: 'local=local',
    secret: 'ingest-write-keys',
    about:
      'write keys, one `source=key` a line; of fewer than 16 characters one can be guessed, and by the key `unset` nobody may send',
  },
  WEBHOOK_SIGNING_KEY: {
    scopes: ['webhooks', 'local'],
    kind: 'lines',
    local: 'local-signing-key',
    secret: 'webhook-signing-keys',
    about: 'signing keys of the reporting webhooks, one a line',
  },
  PUBSUB_PROJECT: {
    scopes: ['webhooks', 'stream', 'local'],
    kind: 'text',
    local: 'local',
    about: 'project of the Pub/Sub topic',
  },
  PUBSUB_TOPIC: {
    scopes: ['webhooks', 'stream', 'local'],
    kind: 'text',
    default: 'customerio-events',
    about: 'Pub/Sub topic that webhooks are put into',
  },
  PUBSUB_EMULATOR_HOST: {
    scopes: ['webhooks', 'stream', 'local'],
    kind: 'text',
    optional: true,
    about:
      '`host:port` of a Pub/Sub emulator; without it `npm start` keeps webhooks in a warehouse of its own',
  },
  CUSTOMERIO_APP_URL: {
    scopes: ['app-api', 'local'],
    kind: 'url',
    optional: true,
    about:
      'root of the App API, such as `http://host:port/v1`, instead of the region’s; `npm start` uses the fake',
  },
  CUSTOMERIO_APP_API_KEY: {
    scopes: ['app-api', 'local'],
    kind: 'text',
    local: 'local',
    about: 'App API key of the workspace',
  },
  TRACK_LANES: {
    scopes: ['track-worker', 'local'],
    kind: 'count',
    default: '6',
    about: 'requests to the Track API in flight at once; a person always has the same lane',
  },
  PROCESSED: {
    scopes: ['track-worker', 'local'],
    kind: ['event', 'batch', 'off'],
    default: 'batch',
    about: 'what is written to customerio.processed: a record per event, per batch, or nothing',
  },
} as const satisfies Record<string, Setting>;

export type EnvName = keyof typeof ENV;
type Row<N extends EnvName> = (typeof ENV)[N];

/** The names a scope reads. */
export type EnvNamesOf<S extends Scope> = {
  [N in EnvName]: S extends Row<N>['scopes'][number] ? N : never;
}[EnvName];

type RequiredNames<S extends Scope> = {
  [N in EnvNamesOf<S>]: Row<N> extends { default: string } | { optional: true } ? never : N;
}[EnvNamesOf<S>];

type ContainerName<N extends EnvName> = Row<N> extends { secret: SecretName } ? `${N}_FILE` : N;

/** The environment a role's container must get: required names, then those with a default. Secrets are files. */
export type EnvFor<S extends Scope> = {
  readonly [N in RequiredNames<S> as ContainerName<N>]: string;
} & {
  readonly [N in Exclude<EnvNamesOf<S>, RequiredNames<S>> as ContainerName<N>]?: string;
};

type Camel<T extends string> = T extends `${infer Head}_${infer Tail}`
  ? `${Lowercase<Head>}${Capitalize<Camel<Tail>>}`
  : Lowercase<T>;

/** A write key and the name of the application that holds it. */
export interface WriteKey {
  readonly source: string;
  readonly key: string;
}

type Value<K extends SettingKind> = K extends readonly string[]
  ? K[number]
  : K extends 'port' | 'count'
    ? number
    : K extends 'boolean'
      ? boolean
      : K extends 'list' | 'host-names'
        ? readonly string[]
        : K extends 'pairs'
          ? Readonly<Record<string, string>>
          : K extends 'lines'
            ? readonly string[]
            : K extends 'write-keys'
              ? readonly WriteKey[]
              : string;

type MayBeAbsent<N extends EnvName, S extends Scope> =
  Row<N> extends { optional: true }
    ? undefined
    : S extends 'local'
      ? Row<N> extends { local: null }
        ? undefined
        : never
      : never;

type Read<N extends EnvName, S extends Scope> =
  Row<N> extends { secret: SecretName }
    ? Secret<Value<Row<N>['kind']>>
    : Value<Row<N>['kind']> | MayBeAbsent<N, S>;

/** What a scope's configuration looks like once parsed: `KAFKA_BROKERS` is `kafkaBrokers`. Secrets may change: {@link Secret}. */
export type ConfigFor<S extends Scope> = {
  readonly [N in EnvNamesOf<S> as Camel<N>]: Read<N, S>;
};
