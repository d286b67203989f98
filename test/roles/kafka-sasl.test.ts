import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Sasl } from '../../app/kafka/kafkajs-settings.ts';
import { kafkaSasl } from '../../app/roles/kafka-sasl.ts';
import { parseConfig } from '../../app/runtime/config/parse-config.ts';
import { SecretSetting } from '../../app/runtime/config/secret-setting.ts';

let server: Server | undefined;
afterEach(() => {
  server?.close();
});

const BROKERS = { KAFKA_BROKERS: 'a:9092' };
const GIVEN = { ...BROKERS, KAFKA_SASL_USERNAME: 'alice', KAFKA_SASL_PASSWORD: 'p1' };

const take = (secret: unknown, text: string): void => {
  if (!(secret instanceof SecretSetting)) throw new Error('no secret');
  secret.take(text);
};

const tokenOf = async (sasl: Sasl | undefined): Promise<unknown> => {
  if (sasl?.mechanism !== 'oauthbearer') throw new Error(`not oauthbearer: ${sasl?.mechanism}`);
  return sasl.token();
};

/** A token endpoint that gives `token-1`, `token-2`, and keeps what it was asked. */
const tokenEndpoint = async (asked: string[]): Promise<string> => {
  const listening = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push(`${request.headers.authorization} ${Buffer.concat(chunks)}`);
      const body = { access_token: `token-${asked.length}`, token_type: 'Bearer', expires_in: 3600 };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    });
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const address = listening.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/token`;
};

describe('kafkaSasl', () => {
  it('has nothing to say where nobody authenticates', async () => {
    expect((await kafkaSasl(parseConfig('kafka', BROKERS)))()).toBeUndefined();
  });

  it.each(['plain', 'scram-sha-256', 'scram-sha-512'])(
    'gives the user and password of now for %s',
    async (mechanism) => {
      const config = parseConfig('kafka', { ...GIVEN, KAFKA_SASL_MECHANISM: mechanism });
      const sasl = await kafkaSasl(config);
      expect(sasl()).toEqual({ mechanism, username: 'alice', password: 'p1' });
      take(config.kafkaSaslPassword, 'p2');
      expect(sasl()).toEqual({ mechanism, username: 'alice', password: 'p2' });
    },
  );

  it('has nothing before there is a value, and keeps it where the placeholder comes after it', async () => {
    const config = parseConfig('ingest', {
      ...GIVEN,
      INGEST_ACCESS: 'iam',
      INGEST_TOKEN_VERIFIED_BY: 'a test',
      KAFKA_SASL_MECHANISM: 'plain',
      KAFKA_SASL_PASSWORD: 'unset',
    });
    const sasl = await kafkaSasl(config);
    expect(sasl()).toBeUndefined();
    take(config.kafkaSaslPassword, 'p1');
    expect(sasl()).toMatchObject({ password: 'p1' });
    take(config.kafkaSaslPassword, 'unset');
    expect(sasl()).toMatchObject({ password: 'p1' });
  });

  it('gets tokens by the user and password where an endpoint is given', async () => {
    const asked: string[] = [];
    const config = parseConfig('kafka', {
      ...GIVEN,
      KAFKA_SASL_MECHANISM: 'oauthbearer',
      KAFKA_OAUTH_TOKEN_URL: await tokenEndpoint(asked),
      KAFKA_OAUTH_SCOPE: 'kafka',
      KAFKA_OAUTH_EXTENSIONS: 'logicalCluster=lkc-1',
    });
    const sasl = await kafkaSasl(config);
    expect(await tokenOf(sasl())).toEqual({ value: 'token-1', extensions: { logicalCluster: 'lkc-1' } });
    expect(asked[0]).toContain(`Basic ${btoa('alice:p1')}`);
    expect(asked[0]).toContain('scope=kafka');
    take(config.kafkaSaslPassword, 'p2');
    expect(await tokenOf(sasl())).toMatchObject({ value: 'token-2' });
    expect(asked[1]).toContain(`Basic ${btoa('alice:p2')}`);
  });

  it('takes Google’s tokens where none is given', async () => {
    const sasl = await kafkaSasl(parseConfig('kafka', { ...BROKERS, KAFKA_SASL_MECHANISM: 'oauthbearer' }));
    expect(sasl()).toMatchObject({ mechanism: 'oauthbearer', token: expect.any(Function) });
  });
});
