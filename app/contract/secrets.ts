/** Values that are mounted as files in a deployment and never stand in code, plan or state. */
export const SECRETS = {
  'track-site-id': 'site id of the Customer.io workspace (Settings, API credentials, Track API)',
  'track-api-key': 'Track API key that belongs to the site id',
  'ingest-write-keys': 'write keys of the applications, one `source=key` a line',
  'webhook-signing-keys': 'signing keys of the reporting webhooks, one a line: any of them verifies',
  'kafka-username': 'SASL user name of the Kafka client',
  'kafka-password': 'SASL password of the Kafka client',
} as const satisfies Record<string, string>;

export type SecretName = keyof typeof SECRETS;

/** The public text that stands in a secret until its first real value: it counts as missing, and a role that holds no value yet waits. */
export const UNSET = 'unset';

/** A secret setting. Deployed, its file is read again while the process runs: ask for `current` at each use. */
export interface Secret<T> {
  /** The setting's name, such as `KAFKA_SASL_PASSWORD`. */
  readonly name: string;
  /** The last good value, which the placeholder never replaces; undefined while there is none. */
  readonly current: T | undefined;
  /** `unset`: the secret still holds {@link UNSET}. `absent`: an optional setting that is not given, for good. */
  readonly state: 'set' | 'unset' | 'absent';
}
