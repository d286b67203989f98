import type { EnvName } from '../../contract/env.ts';
import type { Secret } from '../../contract/secrets.ts';

/** A broken rule that only several settings together show. */
export interface JointFault {
  readonly name: EnvName;
  readonly rule: string;
}

/** What is read of a configuration here; a scope has some of it. */
export interface Joined {
  readonly kafkaSaslMechanism?: string;
  readonly kafkaOauthTokenUrl?: string | undefined;
  readonly kafkaSaslUsername?: Secret<unknown>;
  readonly kafkaSaslPassword?: Secret<unknown>;
  readonly ingestAccess?: string;
  readonly ingestWriteKeys?: Secret<unknown>;
}

/** Whether Kafka is authenticated at with a user name and a password. */
export const needsSaslSecrets = (config: Joined): boolean => {
  const { kafkaSaslMechanism: mechanism = 'none', kafkaOauthTokenUrl } = config;
  return mechanism === 'oauthbearer' ? kafkaOauthTokenUrl !== undefined : mechanism !== 'none';
};

const isAbsent = (secret: Secret<unknown> | undefined): boolean => secret?.state === 'absent';

const saslFaults = (config: Joined): JointFault[] => {
  if (!needsSaslSecrets(config)) return [];
  const because =
    config.kafkaSaslMechanism === 'oauthbearer'
      ? 'KAFKA_OAUTH_TOKEN_URL is set'
      : `KAFKA_SASL_MECHANISM is ${config.kafkaSaslMechanism}`;
  const rule = `must be set when ${because}`;
  return [
    ...(isAbsent(config.kafkaSaslUsername) ? [{ name: 'KAFKA_SASL_USERNAME' as const, rule }] : []),
    ...(isAbsent(config.kafkaSaslPassword) ? [{ name: 'KAFKA_SASL_PASSWORD' as const, rule }] : []),
  ];
};

const accessFaults = (config: Joined): JointFault[] =>
  config.ingestAccess === 'write-key' && isAbsent(config.ingestWriteKeys)
    ? [{ name: 'INGEST_WRITE_KEYS', rule: 'must be set when INGEST_ACCESS is write-key' }]
    : [];

/** The rules that several settings together break. */
export const jointFaults = (config: Joined): readonly JointFault[] => [
  ...saslFaults(config),
  ...accessFaults(config),
];
