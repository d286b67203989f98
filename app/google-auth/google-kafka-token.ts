import { type GoogleToken, kafkaEnvelope } from './kafka-envelope.ts';
import { metadataOf } from './metadata-server.ts';

/** A token is asked for anew when less than this is left of it, in milliseconds. */
const RENEW_BEFORE_MS = 300_000;

const fetchToken = async (host: string | undefined): Promise<GoogleToken> => {
  const account = await metadataOf('email', host);
  const asked = Date.now();
  const answer: unknown = JSON.parse(await metadataOf('token', host));
  const { access_token: accessToken, expires_in: seconds } = answer as Record<string, unknown>;
  if (typeof accessToken !== 'string' || typeof seconds !== 'number') {
    throw new Error('the metadata server’s token has an unknown form');
  }
  return { accessToken, expiresAt: asked + seconds * 1_000, account };
};

/**
 * A source of tokens for Google's Managed Service for Apache Kafka: those of the service account that the container runs as, from the
 * metadata server, in the envelope that the service takes. A token is kept until five minutes before its end.
 *
 * google-auth-library would do the same for 235 kB in every role's bundle, of which no more than two requests are needed.
 *
 * @param host the metadata server, where it is not Google's own
 * @throws (on asking) Error that says what could not be had, never with a token
 * @see https://cloud.google.com/managed-service-for-apache-kafka/docs/authentication-kafka
 * @example new KafkajsBus({ …, ssl: true, sasl: () => ({ mechanism: 'oauthbearer', token: googleKafkaToken() }) })
 */
export function googleKafkaToken(host?: string): () => Promise<{ value: string }> {
  let last: GoogleToken | undefined;
  return async () => {
    if (last === undefined || last.expiresAt - Date.now() < RENEW_BEFORE_MS) last = await fetchToken(host);
    return { value: kafkaEnvelope(last, Date.now()) };
  };
}
