/** A token of Google and whose it is. */
export interface GoogleToken {
  readonly accessToken: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** The account's e-mail address. */
  readonly account: string;
}

const HEADER = { typ: 'JWT', alg: 'GOOG_OAUTH2_TOKEN' };

const part = (text: string): string => Buffer.from(text).toString('base64url');
const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1_000);

/**
 * A token in the shape that Managed Service for Apache Kafka takes over SASL OAUTHBEARER: like a JWT, but the third part is
 * the access token itself. It is as secret as that.
 *
 * @param now milliseconds since 1970
 * @see https://github.com/googleapis/managedkafka/blob/main/kafka-auth-local-server/kafka_gcp_credentials_server.py
 * @see https://github.com/googleapis/managedkafka/blob/main/kafka-java-auth/src/main/java/com/google/cloud/hosted/kafka/auth/GcpLoginCallbackHandler.java
 * @see https://cloud.google.com/managed-service-for-apache-kafka/docs/quickstart-python
 */
export const kafkaEnvelope = ({ accessToken, expiresAt, account }: GoogleToken, now: number): string => {
  const claims = { exp: seconds(expiresAt), iat: seconds(now), iss: 'Google', scope: 'kafka', sub: account };
  return [JSON.stringify(HEADER), JSON.stringify(claims), accessToken].map(part).join('.');
};
