import type { EnvName } from '../../contract/env.ts';
import type { Secret } from '../../contract/secrets.ts';

/** A broken rule that only several settings together show. */
export interface JointFault {
  readonly name: EnvName;
  readonly rule: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** What is read of a configuration here; a scope has some of it. */
export interface Joined {
  readonly kafkaSaslMechanism?: string;
  readonly kafkaOauthTokenUrl?: string | undefined;
  readonly kafkaSaslUsername?: Secret<unknown>;
  readonly kafkaSaslPassword?: Secret<unknown>;
  readonly ingestAccess?: string;
  readonly ingestTokenVerifiedBy?: string | undefined;
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

/**
 * What Cloud Run sets in every container of a service, and lets nobody set.
 * Source: https://cloud.google.com/run/docs/container-contract#env-vars.
 */
const OF_CLOUD_RUN = ['K_SERVICE', 'K_REVISION', 'K_CONFIGURATION'] as const;

const writeKeyFaults = ({ ingestWriteKeys }: Joined): JointFault[] =>
  isAbsent(ingestWriteKeys)
    ? [{ name: 'INGEST_WRITE_KEYS', rule: 'must be set when INGEST_ACCESS is write-key' }]
    : [];

/** Without somebody who verifies the tokens, anybody could send under any name. */
const tokenFaults = ({ ingestTokenVerifiedBy: by }: Joined, env: Variables): JointFault[] => {
  if (by?.trim() === '') {
    return [{ name: 'INGEST_TOKEN_VERIFIED_BY', rule: 'must say who verifies ID tokens, got white space' }];
  }
  const missing = OF_CLOUD_RUN.filter((name) => !env[name]);
  if (by !== undefined || missing.length === 0) return [];
  const rule =
    `must not be iam outside Cloud Run, which sets ${missing.join(', ')}: nobody would verify the ID tokens. ` +
    'Use write-key, or say in INGEST_TOKEN_VERIFIED_BY who verifies them before they get here';
  return [{ name: 'INGEST_ACCESS', rule }];
};

const accessFaults = (config: Joined, env: Variables): JointFault[] => {
  if (config.ingestAccess === 'write-key') return writeKeyFaults(config);
  return config.ingestAccess === 'iam' ? tokenFaults(config, env) : [];
};

/**
 * The rules that several settings together break, or that a setting and the place where the process runs do.
 *
 * @param env the variables of the process
 */
export const jointFaults = (config: Joined, env: Variables): readonly JointFault[] => [
  ...saslFaults(config),
  ...accessFaults(config, env),
];
