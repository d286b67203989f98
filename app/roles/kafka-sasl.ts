import type { ConfigFor } from '../contract/env.ts';
import type { Sasl } from '../kafka/kafkajs-settings.ts';

/** The settings that say how to authenticate at Kafka. */
export type SaslConfig = Pick<
  ConfigFor<'kafka'>,
  | 'kafkaSaslMechanism'
  | 'kafkaSaslUsername'
  | 'kafkaSaslPassword'
  | 'kafkaOauthTokenUrl'
  | 'kafkaOauthScope'
  | 'kafkaOauthExtensions'
>;

const oauthbearer = async (
  config: SaslConfig,
  clientId: () => string | undefined,
  clientSecret: () => string | undefined,
): Promise<Sasl> => {
  const { kafkaOauthTokenUrl: url, kafkaOauthScope: scope, kafkaOauthExtensions: extensions } = config;
  if (url === undefined) {
    const { googleKafkaToken } = await import('../google-auth/google-kafka-token.ts');
    return { mechanism: 'oauthbearer', token: googleKafkaToken() };
  }
  const { clientCredentialsToken } = await import('../kafka/client-credentials-token.ts');
  const token = clientCredentialsToken({
    url,
    clientId,
    clientSecret,
    ...(scope !== undefined && { scope }),
    ...(extensions !== undefined && { extensions }),
  });
  return { mechanism: 'oauthbearer', token };
};

/**
 * How to authenticate at Kafka, asked anew for each client: a changed user name or password counts from the next one on.
 * What gets tokens is loaded only where it is used.
 */
export const kafkaSasl = async (config: SaslConfig): Promise<() => Sasl | undefined> => {
  const { kafkaSaslMechanism: mechanism } = config;
  const name = (): string | undefined => config.kafkaSaslUsername.current;
  const secret = (): string | undefined => config.kafkaSaslPassword.current;
  if (mechanism === 'none') return () => undefined;
  if (mechanism === 'oauthbearer') {
    const sasl = await oauthbearer(config, name, secret);
    return () => sasl;
  }
  return () => {
    const [username, password] = [name(), secret()];
    return username === undefined || password === undefined ? undefined : { mechanism, username, password };
  };
};
