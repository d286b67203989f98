import { expect, test } from '@jest/globals';
import type { AuthenticationProviderArgs } from 'kafkajs';
import { oauthbearer } from '../../app/kafka/kafkajs-oauthbearer.ts';
import type { BearerToken } from '../../app/kafka/kafkajs-settings.ts';

const sized = (text: string): Buffer => {
  const bytes = Buffer.alloc(4 + text.length, text);
  bytes.writeInt32BE(text.length);
  bytes.write(text, 4);
  return bytes;
};

/** What is sent to a broker that answers so, as kafkajs's own saslAuthenticate would hand it on. */
const exchange = async (
  token: () => Promise<BearerToken>,
  answers: (Buffer | Error)[],
): Promise<Buffer[]> => {
  const sent: Buffer[] = [];
  const saslAuthenticate: AuthenticationProviderArgs['saslAuthenticate'] = async ({ request, response }) => {
    sent.push(await request.encode());
    const answer = answers.shift() ?? new Error('not expected');
    if (!Buffer.isBuffer(answer)) throw answer;
    return response?.parse(await response.decode(answer));
  };
  const args = { host: 'broker', port: 9092, saslAuthenticate } as AuthenticationProviderArgs;
  await oauthbearer(token).authenticationProvider(args).authenticate();
  return sent;
};

test('the message is that of RFC 7628, with its size', async () => {
  const sent = await exchange(async () => ({ value: 'a.b.c' }), [sized('')]);
  expect(sent).toEqual([sized('n,,\u0001auth=Bearer a.b.c\u0001\u0001')]);
});

test('extensions go along in their order', async () => {
  const extensions = { logicalCluster: 'lkc-1', identityPoolId: 'pool-2' };
  const [message] = await exchange(async () => ({ value: 't', extensions }), [sized('')]);
  expect(message).toEqual(
    sized('n,,\u0001auth=Bearer t\u0001logicalCluster=lkc-1\u0001identityPoolId=pool-2\u0001\u0001'),
  );
});

test('a challenge is acknowledged, and the broker’s refusal passed on', async () => {
  const refusal = Object.assign(new Error('refused'), { type: 'SASL_AUTHENTICATION_FAILED' });
  const answers = [sized('{"status":"invalid_token"}'), refusal];
  await expect(exchange(async () => ({ value: 't' }), answers)).rejects.toBe(refusal);
  expect(answers).toEqual([]);
});

test('a broker that says nothing more has refused all the same', async () => {
  const answers = [sized('{"status":"invalid_token"}'), sized('')];
  await expect(exchange(async () => ({ value: 'the-token' }), answers)).rejects.toMatchObject({
    type: 'SASL_AUTHENTICATION_FAILED',
    retriable: false,
    message: 'the broker refused the token: {"status":"invalid_token"}',
  });
});

test('without a token nothing is sent', async () => {
  const none = new Error('no token');
  await expect(exchange(() => Promise.reject(none), [])).rejects.toBe(none);
});
