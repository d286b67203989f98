/** Values that are mounted as files in a deployment and never stand in code, plan or state. */
export const SECRETS = {
  'track-site-id': 'site id of the Customer.io workspace (Settings, API credentials, Track API)',
  'track-api-key': 'Track API key that belongs to the site id',
  'ingest-write-keys': 'write keys of the applications, one `source=key` a line',
  'kafka-username': 'SASL user name of the Kafka client',
  'kafka-password': 'SASL password of the Kafka client',
} as const satisfies Record<string, string>;

export type SecretName = keyof typeof SECRETS;
