import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type ClientCredentials, clientCredentialsToken } from '../../app/kafka/client-credentials-token.ts';
import { granted, OauthServer, type TokenAnswer } from './oauth-server.ts';

const SECRET = 'se:cr&et/ä b';
let server: OauthServer;
let now: number;

const tokensOf = (options: Partial<ClientCredentials> = {}) =>
  clientCredentialsToken({
    url: server.url,
    clientId: () => 'the client',
    clientSecret: () => SECRET,
    ...options,
  });

const faultOf = (asking: Promise<unknown>): Promise<unknown> =>
  asking.then(
    () => undefined,
    (error: unknown) => error,
  );

/** Everything of an error that a log could show. */
const shown = (error: unknown): string =>
  Error.isError(error)
    ? `${error.message} ${error.stack} ${JSON.stringify(error)} ${shown(error.cause)}`
    : '';

beforeEach(async () => {
  now = 1_700_000_000_000;
  jest.spyOn(Date, 'now').mockImplementation(() => now);
  server = await OauthServer.start(() => granted(`token-${server.requests.length}`, 3_600));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await server.stop();
});

describe('a token by client credentials', () => {
  it('is asked for as RFC 6749 says, with id and secret form-encoded', async () => {
    expect(await tokensOf({ scope: 'kafka read' })()).toEqual({ value: 'token-1' });
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'POST', body: 'grant_type=client_credentials&scope=kafka+read' });
    expect(request?.headers['content-type']).toMatch('application/x-www-form-urlencoded');
    const basic = Buffer.from('the+client:se%3Acr%26et%2F%C3%A4+b').toString('base64');
    expect(request?.headers.authorization).toBe(`Basic ${basic}`);
  });

  it('asks for no scope where none is set, and brings the extensions', async () => {
    const extensions = { logicalCluster: 'lkc-1' };
    expect(await tokensOf({ extensions })()).toEqual({ value: 'token-1', extensions });
    expect(server.requests[0]?.body).toBe('grant_type=client_credentials');
  });

  it('is kept until a minute before its end', async () => {
    const token = tokensOf();
    await token();
    now += 3_540_000 - 1;
    expect(await token()).toEqual({ value: 'token-1' });
    now += 1;
    expect(await token()).toEqual({ value: 'token-2' });
  });

  it('is kept for four fifths of a short life, and not at all without one', async () => {
    const token = tokensOf();
    server.answer = () => granted(`token-${server.requests.length}`, '10');
    await token();
    now += 7_999;
    expect(await token()).toEqual({ value: 'token-1' });
    now += 1;
    server.answer = () => granted(`token-${server.requests.length}`);
    expect(await token()).toEqual({ value: 'token-2' });
    expect(await token()).toEqual({ value: 'token-3' });
  });

  it('is asked for once however many wait for it', async () => {
    const token = tokensOf();
    expect(await Promise.all([token(), token(), token()])).toEqual(Array(3).fill({ value: 'token-1' }));
    expect(server.requests).toHaveLength(1);
  });

  it('is asked for anew when it was refused, or the secret is another one', async () => {
    let secret = 'one';
    const token = tokensOf({ clientSecret: () => secret });
    await token();
    expect(await token('token-1')).toEqual({ value: 'token-2' });
    expect(await token('token-1')).toEqual({ value: 'token-2' });
    secret = 'two';
    expect(await token()).toEqual({ value: 'token-3' });
  });

  it('stays as long as it is valid where a new one is not to be had, unless it was refused', async () => {
    const token = tokensOf();
    await token();
    server.answer = () => ({ status: 503, body: '' });
    now += 3_599_999;
    expect(await token()).toEqual({ value: 'token-1' });
    expect(await faultOf(token('token-1'))).toMatchObject({ code: 'unavailable' });
    now += 1;
    expect(await faultOf(token())).toMatchObject({ code: 'unavailable' });
  });
});

describe('without a token', () => {
  const page = (status: number, body: string): TokenAnswer => ({ status, body });

  it.each([
    [page(401, '{"error":"invalid_client"}'), 'authentication_failed', 'it answered 401 invalid_client'],
    [page(400, '{"error":"invalid_scope"}'), 'authentication_failed', 'it answered 400 invalid_scope'],
    [page(403, '<html>no</html>'), 'authentication_failed', 'it answered 403'],
    [page(400, JSON.stringify({ error: `not ${SECRET}` })), 'authentication_failed', 'it answered 400'],
    [page(429, '{}'), 'unavailable', 'it answered 429'],
    [page(500, '{"error":"server_error"}'), 'unavailable', 'it answered 500 server_error'],
    [{ status: 307, body: '', location: '/elsewhere' }, 'unavailable', 'it answered 307'],
    [page(200, 'null'), 'unavailable', 'its answer holds no bearer token'],
    [page(200, `{"access_token":"${SECRET}"}`), 'unavailable', 'its answer holds no bearer token'],
    [page(200, '{"access_token":"a\\u0001b"}'), 'unavailable', 'its answer holds no bearer token'],
    [page(200, '{"access_token":"t","token_type":"mac"}'), 'unavailable', 'its answer holds no bearer token'],
  ] as const)('the answer %j says why, and no secret', async (answer, code, reason) => {
    server.answer = () => answer;
    const error = await faultOf(tokensOf({ url: `${server.url}?key=${encodeURIComponent(SECRET)}` })());
    expect(error).toMatchObject({ code, message: `no token of ${server.url}: ${reason}` });
    expect(shown(error)).not.toContain(SECRET);
    expect(server.requests).toHaveLength(1);
  });

  it('an endpoint that is not there is unavailable', async () => {
    const { url } = server;
    await server.stop();
    const error = await faultOf(tokensOf({ url })());
    expect(error).toMatchObject({ code: 'unavailable', message: `no token of ${url}: ECONNREFUSED` });
    server = await OauthServer.start(() => undefined);
  });

  it('an endpoint that does not answer is given up after ten seconds', async () => {
    const limits: number[] = [];
    const { timeout } = AbortSignal;
    jest.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
      limits.push(milliseconds);
      return timeout.call(AbortSignal, 30);
    });
    server.answer = () => undefined;
    expect(await faultOf(tokensOf()())).toMatchObject({
      code: 'unavailable',
      message: `no token of ${server.url}: no answer within 10000 ms`,
    });
    expect(limits).toEqual([10_000]);
  });

  it.each([
    [{ clientId: () => undefined }, 'KAFKA_SASL_USERNAME is not set'],
    [{ clientSecret: () => undefined }, 'KAFKA_SASL_PASSWORD is not set'],
  ])('a client that is not there yet is not asked for %#', async (options, reason) => {
    const error = await faultOf(tokensOf(options)());
    expect(error).toMatchObject({
      code: 'authentication_failed',
      message: `no token of ${server.url}: ${reason}`,
    });
    expect(server.requests).toEqual([]);
  });
});

describe('wrong settings are refused at once', () => {
  it.each(['', 'id.example/token', 'ftp://id.example', `https://u:${SECRET}@id.example/token`])(
    'the address %j',
    (url) => {
      const make = () => tokensOf({ url });
      expect(make).toThrow('KAFKA_OAUTH_TOKEN_URL');
      expect(make).not.toThrow(SECRET);
    },
  );

  it.each([{ auth: 'x' }, { 'a-b': 'x' }, { '': 'x' }, { a: '' }, { a: 'x\u0001auth=Bearer y' }])(
    'the extensions %j',
    (extensions) => {
      expect(() => tokensOf({ extensions })).toThrow('KAFKA_OAUTH_EXTENSIONS');
    },
  );
});
