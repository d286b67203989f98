import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { WriteKey } from '../../app/contract/env.ts';
import { writeKeyAuthenticator } from '../../app/ingest/authenticate.ts';
import { identityTokenAuthenticator } from '../../app/ingest/identity-token.ts';
import { BASIC, type IngestServer, startIngest } from './ingest-server.ts';

let server: IngestServer;
beforeEach(async () => {
  server = await startIngest();
});
afterEach(() => server.close());

const event = { type: 'track', userId: 'u1', event: 'x' };
const batch = { batch: [event, { ...event, userId: 'u2' }] };
const SHOP = { writeKey: 'k-shop' };

type Headers = Readonly<Record<string, string>>;

const bare = (path: string, body: unknown, headers: Headers = {}): Promise<Response> =>
  server.bare(path, body, headers);

const sources = (): readonly unknown[] =>
  server.sink.records.map(({ value }) => (JSON.parse(String(value)) as { source: unknown }).source);

const expect401 = async (response: Response, rule: RegExp): Promise<void> => {
  expect(response.status).toBe(401);
  expect(response.headers.get('connection')).toBe('close');
  expect(response.headers.get('www-authenticate')).toBe('Basic realm="customerio-platform"');
  const text = await response.text();
  expect(JSON.parse(text)).toMatchObject({ code: 'unauthorized', message: expect.stringMatching(rule) });
  expect(text).not.toMatch(/k-|kkk|\$ne/);
  expect(server.sink.records).toEqual([]);
  expect(server.faults).toEqual([]);
};

describe('a write key', () => {
  it.each([
    ['/v1/track', event],
    ['/v1/identify', { userId: 'u1' }],
    ['/v1/page', { userId: 'u1' }],
    ['/v1/screen', { userId: 'u1' }],
    ['/v1/group', { userId: 'u1', groupId: 'g' }],
    ['/v1/alias', { userId: 'u1', previousId: 'p' }],
    ['/v1/batch', batch],
    ['/v1/import', batch],
    ['/v1/b', batch],
  ])('is taken at %s by Basic, by Bearer and in the body, first or last', async (path, body) => {
    const answers = [
      await bare(path, body, { authorization: BASIC }),
      await bare(path, body, { authorization: 'Bearer k-shop' }),
      await bare(path, { ...SHOP, ...body }),
      await bare(path, { ...body, ...SHOP }),
      await bare(path, { ...body, ...SHOP }, { authorization: BASIC }),
    ];
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(200));
    expect(new Set(sources())).toEqual(new Set(['shop']));
  });

  it.each([
    ['no Content-Type', {}],
    ['an empty Content-Type', { 'content-type': '' }],
    ['text/plain', { 'content-type': 'text/plain' }],
    ['text/plain with a charset', { 'content-type': 'Text/Plain;charset=UTF-8' }],
    ['application/json', { 'content-type': 'application/json; charset=utf-8' }],
  ])('is taken with %s, gzip or not', async (_what, headers) => {
    const body = { ...batch, ...SHOP };
    const gzip = gzipSync(JSON.stringify(body));
    expect((await bare('/v1/b', body, headers)).status).toBe(200);
    expect((await bare('/v1/b', gzip, { ...headers, 'content-encoding': 'gzip' })).status).toBe(200);
    expect(
      (await bare('/v1/b', gzip, { ...headers, 'content-encoding': 'gzip', authorization: BASIC })).status,
    ).toBe(200);
    expect(server.sink.records).toHaveLength(6);
  });

  it.each(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/html', 'plain'])(
    'does not make %s JSON',
    async (type) => {
      const response = await bare('/v1/track', { ...event, ...SHOP }, { 'content-type': type });
      expect(response.status).toBe(415);
      expect(await response.json()).toMatchObject({ code: 'unsupported_media_type' });
    },
  );

  it.each(['//v1/track', '///v1/track', '/v1//track', '/v1/track/', '//v1/track/?a=//b'])(
    'is taken at %s, of a host with a final slash',
    async (path) => {
      expect((await bare(path, { ...event, ...SHOP })).status).toBe(200);
      expect((await bare(path, event, { authorization: BASIC })).status).toBe(200);
    },
  );

  it('passes the same guards by a doubled slash', async () => {
    const body = { ...event, ...SHOP };
    expect((await bare('//v1/track', event)).status).toBe(401);
    expect((await bare('//v1/track', body, { origin: 'https://shop.example' })).status).toBe(403);
    expect((await bare('//v1//t', body)).status).toBe(403);
    expect((await fetch(`${server.url}//v1/track`, { method: 'OPTIONS' })).status).toBe(403);
    expect((await bare('//v1/none', body)).status).toBe(404);
    expect((await fetch(`${server.url}//v1/b`)).status).toBe(405);
    expect((await fetch(`${server.url}//v1/openapi.json`)).status).toBe(200);
    expect((await bare('/v1/b', { ...batch, ...SHOP }, { origin: 'https://shop.example' })).status).toBe(403);
  });

  it('says whose request it is, as one in a header does', async () => {
    await bare('/v1/track', { ...event, writeKey: 'k-app' });
    await bare('/v1/track', { ...event, ...SHOP });
    expect(sources()).toEqual(['app', 'shop']);
  });
});

describe('a request without a known write key', () => {
  const long = 'k'.repeat(10_000);

  it.each([
    ['none', {}, /^needs a write key/],
    ['null', { writeKey: null }, /^needs a write key/],
    ['an empty one', { writeKey: '' }, /^needs a write key/],
    ['an unknown one', { writeKey: 'k-nobody' }, /^needs a write key/],
    ['a source’s name', { writeKey: 'shop' }, /^needs a write key/],
    ['a number', { writeKey: 5 }, /^writeKey in the body must be a string$/],
    ['an object', { writeKey: { $ne: 'k-shop' } }, /^writeKey in the body must be a string$/],
    ['a list', { writeKey: ['k-shop'] }, /^writeKey in the body must be a string$/],
    ['10 kB', { writeKey: long }, /^a write key must have at most 1024 characters$/],
  ])('but %s in its body is 401, which says why and ends the connection', async (_what, more, rule) => {
    await expect401(await bare('/v1/track', { ...event, ...more }), rule);
    await expect401(await bare('/v1/batch', { ...batch, ...more }), rule);
    await expect401(
      await bare('/v1/b', gzipSync(JSON.stringify({ ...batch, ...more })), { 'content-encoding': 'gzip' }),
      rule,
    );
  });

  it('at its top level is 401, wherever else one stands', async () => {
    const inside = { batch: [{ ...event, ...SHOP }], context: SHOP };
    await expect401(await bare('/v1/batch', inside), /^needs a write key/);
    await expect401(await bare('/v1/track', { ...event, properties: SHOP }), /^needs a write key/);
    await expect401(await bare('/v1/track?writeKey=k-shop', event), /^needs a write key/);
  });

  it('whose keys differ is 401', async () => {
    const two = { ...batch, writeKey: 'k-app' };
    await expect401(await bare('/v1/batch', two, { authorization: BASIC }), /must be the same$/);
    await expect401(await bare('/v1/batch', two, { authorization: 'Bearer k-shop' }), /must be the same$/);
    const wrong = { ...batch, writeKey: 7 };
    await expect401(await bare('/v1/batch', wrong, { authorization: BASIC }), /must be a string$/);
  });

  it('with a wrong header is 401 before its body is looked at', async () => {
    const good = { ...event, ...SHOP };
    for (const authorization of [`Basic ${btoa('nobody:')}`, 'Bearer nobody', 'Digest k-shop', 'k-shop'])
      await expect401(await bare('/v1/track', good, { authorization }), /^needs a write key/);
  });

  it.each([
    '{"writeKey":"k-shop","writeKey":"k-app","userId":"u1","event":"x"}',
    '{"writeKey":"k-shop","writeKey":"nobody","userId":"u1","event":"x"}',
    '{"writeKey":"k-shop","writeKey":null,"userId":"u1","event":"x"}',
    '{"writeKey":"nobody","writeKey":"k-shop","userId":"u1","event":"x"}',
  ])('since it has two, %s, is 401', async (text) => {
    await expect401(
      await bare('/v1/track', Buffer.from(text)),
      /^(needs a write key|the body must have one)/,
    );
  });

  it('is told so rather than what else is wrong with its body', async () => {
    for (const text of ['{', '', '[]', 'null', '{"batch":'])
      await expect401(await bare('/v1/batch', Buffer.from(text)), /^needs a write key/);
    const broken = Buffer.from('{"writeKey":"k-shop","batch":');
    const response = await bare('/v1/batch', broken);
    expect([response.status, await response.json()]).toMatchObject([400, { code: 'invalid_json' }]);
  });

  it('is 503 while the keys are not set, before its body is read', async () => {
    let keys: WriteKey[] | undefined;
    await server.close();
    server = await startIngest({ authenticate: writeKeyAuthenticator(() => keys) });
    for (const headers of [{}, { authorization: BASIC }, { authorization: 'Bearer k-shop' }]) {
      const response = await bare('/v1/track', { ...event, ...SHOP }, headers as Headers);
      expect([response.status, await response.json()]).toMatchObject([503, { code: 'write_keys_missing' }]);
    }
    keys = [{ source: 'shop', key: 'k-shop' }];
    expect((await bare('/v1/track', { ...event, ...SHOP })).status).toBe(200);
  });
});

describe('a write key in a body', () => {
  const bad = { type: 'track', userId: 'u1', properties: 7 };
  const written = (): string => server.sink.records.map((each) => JSON.stringify(each)).join();

  it('is kept neither in records nor in dead letters', async () => {
    await bare('/v1/track', { ...event, ...SHOP });
    const items = [event, bad, 5, ...Array.from({ length: 150 }, () => bad)].map((item) =>
      typeof item === 'number' ? item : { ...item, ...SHOP },
    );
    expect((await bare('/v1/batch', { batch: items, ...SHOP })).status).toBe(200);
    expect((await bare('/v1/batch', { batch: items }, { authorization: BASIC })).status).toBe(200);
    expect(server.sink.values('customerio.dlq')[0]).toMatchObject({ received: bad });
    expect(written()).not.toMatch(/writeKey|k-shop/);
  });

  it('of an item is not told in an error, and counts for nothing', async () => {
    const other = { ...event, writeKey: 'k-app' };
    const response = await bare('/v1/batch', { batch: [other, { ...bad, writeKey: 7 }], ...SHOP });
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ accepted: 1, rejected: 1 });
    expect(text).not.toMatch(/writeKey|k-app/);
    expect(server.sink.values('customerio.track')).toMatchObject([{ source: 'shop' }]);
    expect(written()).not.toMatch(/writeKey|k-app/);
  });

  it('is ignored where ID tokens decide, and kept nowhere', async () => {
    await server.close();
    server = await startIngest({ authenticate: identityTokenAuthenticator() });
    const claims = Buffer.from(JSON.stringify({ email: 'a@acme.example' })).toString('base64url');
    const authorization = `Bearer eyJ9.${claims}.SIGNATURE_REMOVED_BY_GOOGLE`;
    for (const writeKey of ['k-shop', 7, null]) {
      expect((await bare('/v1/batch', { batch: [{ ...bad, ...SHOP }], writeKey })).status).toBe(401);
      const response = await bare(
        '/v1/batch',
        { batch: [event, { ...bad, ...SHOP }], writeKey },
        { authorization },
      );
      expect(response.status).toBe(200);
    }
    expect(server.sink.values('customerio.track').map(({ source }) => source)).toEqual(
      Array(3).fill('a@acme.example'),
    );
    expect(written()).not.toMatch(/writeKey|k-shop/);
  });
});
