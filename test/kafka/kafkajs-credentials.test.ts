import { afterEach, expect, jest, test } from '@jest/globals';
import type { AuthenticationProviderArgs } from 'kafkajs';
import { createKafka } from '../../app/kafka/kafkajs-client.ts';
import { faultOf, saslOf } from '../../app/kafka/kafkajs-credentials.ts';
import type { BearerTokens, KafkajsBusOptions } from '../../app/kafka/kafkajs-settings.ts';
import { RecordingLogger } from '../support/recording-logger.ts';

const logger = new RecordingLogger();
const optionsOf = (options: Partial<KafkajsBusOptions>): KafkajsBusOptions => ({
  brokers: ['b:9092'],
  clientId: 'c',
  logger,
  ...options,
});

const refused = () => Object.assign(new Error('refused'), { name: 'KafkaJSSASLAuthenticationError' });

/** Authenticates once at a broker that takes everything. */
const authenticate = async (options: KafkajsBusOptions): Promise<void> => {
  const sasl = saslOf(options);
  if (sasl === undefined || !('authenticationProvider' in sasl)) throw new Error('no oauthbearer');
  const args = { saslAuthenticate: async () => undefined } as unknown as AuthenticationProviderArgs;
  await sasl.authenticationProvider(args).authenticate();
};

afterEach(() => {
  jest.useRealTimers();
});

test('a credential is that of the moment, for each client', () => {
  const passwords = ['one', 'two'];
  const options = optionsOf({
    sasl: () => ({ mechanism: 'scram-sha-512', username: 'u', password: passwords.shift() ?? '' }),
  });
  expect(saslOf(options)).toEqual({ mechanism: 'scram-sha-512', username: 'u', password: 'one' });
  expect(saslOf(options)).toEqual({ mechanism: 'scram-sha-512', username: 'u', password: 'two' });
  expect(saslOf(optionsOf({ sasl: () => undefined }))).toBeUndefined();
  expect(saslOf(optionsOf({}))).toBeUndefined();
});

test('its owner hears of a refusal, and of nothing else', () => {
  const heard = jest.fn();
  const options = optionsOf({ onAuthenticationFailed: heard });
  expect(faultOf(options, new Error('gone'), 'sending').code).toBe('unavailable');
  expect(heard).not.toHaveBeenCalled();
  expect(faultOf(options, refused(), 'sending')).toMatchObject({
    code: 'authentication_failed',
    retryable: true,
  });
  expect(heard).toHaveBeenCalledTimes(1);
});

test('a token that was refused is not asked for again', async () => {
  const asked: (string | undefined)[] = [];
  const token: BearerTokens = async (value) => {
    asked.push(value);
    return { value: `token ${asked.length}` };
  };
  const options = optionsOf({ sasl: () => ({ mechanism: 'oauthbearer', token }) });
  await authenticate(options);
  await authenticate(options);
  faultOf(options, refused(), 'sending');
  await authenticate(options);
  expect(asked).toEqual([undefined, undefined, 'token 2']);
});

test('a source of tokens that does not answer is given up', async () => {
  jest.useFakeTimers();
  const token = () => new Promise<never>(() => undefined);
  const authenticated = authenticate(optionsOf({ sasl: () => ({ mechanism: 'oauthbearer', token }) }));
  const given = expect(authenticated).rejects.toMatchObject({ code: 'unavailable' });
  await jest.advanceTimersByTimeAsync(11_000);
  await given;
});

test('an error that kafkajs logs in place of a message is text in the log', () => {
  createKafka(optionsOf({}))
    .logger()
    .error(new Error('it failed') as unknown as string, { broker: 'b:9092' });
  expect(logger.of('it failed')).toMatchObject([{ level: 'warn', fields: { broker: 'b:9092' } }]);
});
