import type { ITerraformDependable } from 'cdktf';
import type { EnvFor } from '../../app/contract/env.ts';
import type { Role } from '../../app/contract/roles.ts';
import type { KafkaProps } from '../props/kafka-props.ts';
import { secretFile } from './secret-mount.ts';

type KafkaEnv = Pick<
  EnvFor<'track-worker'>,
  | 'KAFKA_BROKERS'
  | 'KAFKA_TLS'
  | 'KAFKA_SASL_MECHANISM'
  | 'KAFKA_SASL_USERNAME_FILE'
  | 'KAFKA_SASL_PASSWORD_FILE'
  | 'KAFKA_CA'
  | 'KAFKA_OAUTH_TOKEN_URL'
  | 'KAFKA_OAUTH_SCOPE'
  | 'KAFKA_OAUTH_EXTENSIONS'
>;

/** Where Kafka is and how a role gets in. */
export interface Kafka {
  readonly env: KafkaEnv;
  /** What must be there before the role connects. */
  ready(role: Role): readonly ITerraformDependable[];
}

const extensionsOf = (extensions: Readonly<Record<string, string>>): string =>
  Object.entries(extensions)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');

const saslEnv = ({ sasl }: KafkaProps): Partial<KafkaEnv> => {
  if (sasl === undefined) return {};
  const { mechanism, tokenUrl, scope, extensions } = sasl;
  const byPassword = mechanism !== 'oauthbearer' || tokenUrl !== undefined;
  return {
    KAFKA_SASL_MECHANISM: mechanism,
    ...(byPassword && {
      KAFKA_SASL_USERNAME_FILE: secretFile('kafka-username'),
      KAFKA_SASL_PASSWORD_FILE: secretFile('kafka-password'),
    }),
    ...(tokenUrl !== undefined && { KAFKA_OAUTH_TOKEN_URL: tokenUrl }),
    ...(scope !== undefined && { KAFKA_OAUTH_SCOPE: scope }),
    ...(extensions !== undefined && { KAFKA_OAUTH_EXTENSIONS: extensionsOf(extensions) }),
  };
};

/** Brokers that the user brought: nothing is made here. */
export const broughtKafka = (kafka: KafkaProps): Kafka => ({
  env: {
    KAFKA_BROKERS: (kafka.bootstrapServers ?? []).join(','),
    KAFKA_TLS: String(kafka.tls ?? true),
    ...saslEnv(kafka),
    ...(kafka.ca !== undefined && { KAFKA_CA: kafka.ca }),
  },
  ready: () => [],
});
