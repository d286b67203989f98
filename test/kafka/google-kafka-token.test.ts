import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { googleKafkaToken } from '../../app/google-auth/google-kafka-token.ts';
import { kafkaEnvelope } from '../../app/google-auth/kafka-envelope.ts';

const EMAIL = 'worker@acme.iam.gserviceaccount.com';
const METADATA = '/computeMetadata/v1/instance/service-accounts/default/';

describe('the envelope', () => {
  it('is, byte by byte, what the service takes', () => {
    const token = { accessToken: 'ya29.c.b0Aaek_-~x', expiresAt: 1_700_003_599_999, account: EMAIL };
    // Made with Python's base64 and json from Google's own example, less its spaces and with the keys in this order.
    expect(kafkaEnvelope(token, 1_700_000_000_500)).toBe(
      [
        'eyJ0eXAiOiJKV1QiLCJhbGciOiJHT09HX09BVVRIMl9UT0tFTiJ9',
        'eyJleHAiOjE3MDAwMDM1OTksImlhdCI6MTcwMDAwMDAwMCwiaXNzIjoiR29vZ2xlIiwic2NvcGUiOiJrYWZrYSIsInN1YiI6IndvcmtlckBhY21lLmlhbS5nc2VydmljZWFjY291bnQuY29tIn0',
        'eWEyOS5jLmIwQWFla18tfng',
      ].join('.'),
    );
  });
});

describe('a token on Google Cloud', () => {
  const asked: string[] = [];
  let answers: Record<string, string | object>;
  let server: Server;
  let host: string;

  beforeEach(async () => {
    asked.length = 0;
    answers = { email: EMAIL, token: { access_token: 'ya29.one', expires_in: 3_599 } };
    server = createServer((request, response) => {
      const path = (request.url ?? '').slice(METADATA.length);
      asked.push(path);
      const answer = request.headers['metadata-flavor'] === 'Google' ? answers[path] : undefined;
      response.writeHead(answer === undefined ? 404 : 200, { 'metadata-flavor': 'Google' });
      response.end(typeof answer === 'object' ? JSON.stringify(answer) : answer);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const partsOf = (value: string): string[] =>
    value.split('.').map((part) => Buffer.from(part, 'base64url').toString());

  it('is the metadata server’s, with the account’s address, and is kept', async () => {
    const token = googleKafkaToken(host);
    const from = Math.floor(Date.now() / 1_000);
    const [header = '', claims = '', access] = partsOf((await token()).value);
    expect(JSON.parse(header)).toEqual({ typ: 'JWT', alg: 'GOOG_OAUTH2_TOKEN' });
    const { exp, iat, ...rest } = JSON.parse(claims);
    expect(rest).toEqual({ iss: 'Google', scope: 'kafka', sub: EMAIL });
    expect(iat - from).toBeLessThanOrEqual(5);
    expect(iat).toBeGreaterThanOrEqual(from);
    expect(exp - from).toBeGreaterThanOrEqual(3_598);
    expect(exp - from).toBeLessThanOrEqual(3_605);
    expect(access).toBe('ya29.one');
    answers['token'] = { access_token: 'ya29.two', expires_in: 3_599 };
    expect(partsOf((await token()).value)[2]).toBe('ya29.one');
    expect(asked).toEqual(['email', 'token']);
  });

  it('is a new one when the last has less than five minutes left', async () => {
    answers['token'] = { access_token: 'ya29.short', expires_in: 299 };
    const token = googleKafkaToken(host);
    expect(partsOf((await token()).value)[2]).toBe('ya29.short');
    answers['token'] = { access_token: 'ya29.two', expires_in: 3_599 };
    expect(partsOf((await token()).value)[2]).toBe('ya29.two');
  });

  it('comes as soon as the metadata server gives one, though it did not at first', async () => {
    const { token: given, ...rest } = answers;
    answers = rest;
    const token = googleKafkaToken(host);
    await expect(token()).rejects.toThrow(
      'no token of the service account from Google’s metadata server: it answered 404',
    );
    answers = { ...rest, token: given ?? '' };
    expect(partsOf((await token()).value)[2]).toBe('ya29.one');
  });

  it('says why there is none where there is no such server, and of an answer of another form', async () => {
    await expect(googleKafkaToken('127.0.0.1:1')()).rejects.toThrow(
      /^no email of the service account from Google’s/,
    );
    answers['token'] = { access_token: 'ya29.one' };
    const error: unknown = await googleKafkaToken(host)().catch((fault: unknown) => fault);
    expect(String(error)).toBe('Error: the metadata server’s token has an unknown form');
  });
});
