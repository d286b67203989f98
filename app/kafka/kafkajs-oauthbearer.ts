// Node finds this name only on the default export.
import kafkajs, { type Mechanism } from 'kafkajs';
import type { BearerToken } from './kafkajs-settings.ts';

const SEPARATOR = '\u0001';
const SIZE_BYTES = 4;

/** kafkajs takes and gives SASL messages with their size in front. */
const withSize = (message: Buffer): Buffer => {
  const size = Buffer.alloc(SIZE_BYTES);
  size.writeInt32BE(message.length);
  return Buffer.concat([size, message]);
};

const initialResponse = ({ value, extensions = {} }: BearerToken): Buffer => {
  const pairs = [['auth', `Bearer ${value}`], ...Object.entries(extensions)];
  const fields = pairs.map(([name, text]) => `${name}=${text}${SEPARATOR}`);
  return Buffer.from(`n,,${SEPARATOR}${fields.join('')}${SEPARATOR}`);
};

/**
 * The exchange of SASL OAUTHBEARER. kafkajs 2.2.4's own does not look at the broker's answer: it takes a token that was
 * refused for a good one, and finds the connection closed at the next request.
 *
 * @param token asked at every authentication
 * @throws (on authenticate) an error of type SASL_AUTHENTICATION_FAILED, or what `token` throws
 * @see https://www.rfc-editor.org/rfc/rfc7628#section-3
 */
export const oauthbearer = (token: () => Promise<BearerToken>): Mechanism => ({
  mechanism: 'oauthbearer',
  authenticationProvider: ({ saslAuthenticate }) => ({
    authenticate: async () => {
      const message = initialResponse(await token());
      const challenge = await saslAuthenticate({
        request: { encode: () => withSize(message) },
        response: { decode: (bytes) => bytes.subarray(SIZE_BYTES), parse: (bytes) => bytes.toString() },
      });
      if (!challenge) return;
      // The broker says why it refuses, and ends the exchange once that was acknowledged: this throws.
      await saslAuthenticate({ request: { encode: () => withSize(Buffer.from(SEPARATOR)) } });
      const refusal = new kafkajs.KafkaJSNonRetriableError(`the broker refused the token: ${challenge}`);
      throw Object.assign(refusal, { type: 'SASL_AUTHENTICATION_FAILED' });
    },
  }),
});
