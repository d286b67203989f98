import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { WriteKey } from '../../app/contract/env.ts';
import { LIMITS } from '../../app/contract/limits.ts';
import { writeKeyAuthenticator } from '../../app/ingest/authenticate.ts';
import { Shares } from '../../app/ingest/shares.ts';
import { BusError } from '../../app/kafka/port.ts';
import { BASIC, type IngestServer, startIngest } from './ingest-server.ts';

let server: IngestServer;
beforeEach(async () => {
  server = await startIngest();
});
afterEach(() => server.close());

const event = { userId: 'u1', event: 'x' };

const expectProblem = async (response: Response, status: number, code: string): Promise<void> => {
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const body = (await response.json()) as Record<string, unknown>;
  expect(body).toMatchObject({ status, code, type: `urn:customerio-platform:problem:${code}` });
  for (const name of ['title', 'detail', 'message']) expect(body[name]).toEqual(expect.any(String));
  const after = response.headers.get('retry-after');
  if ([429, 503].includes(status)) expect(after).toMatch(/^\d+$/);
  expect(server.faults).toEqual([]);
};

describe('a request that is refused', () => {
  it.each([
    ['no key', ''],
    ['an unknown key', `Basic ${btoa('nobody:')}`],
    ['an empty key', `Basic ${btoa(':')}`],
    ['a key as the password', `Basic ${btoa(':k-shop')}`],
    ['an unknown key by Bearer', 'Bearer nobody'],
    ['another scheme', 'Digest k-shop'],
    ['no base64', 'Basic %%%'],
  ])('with %s is 401', async (_what, authorization) => {
    const response = await server.post('/v1/track', event, { authorization });
    expect(response.headers.get('www-authenticate')).toBe('Basic realm="customerio-platform"');
    expect(response.headers.get('connection')).toBe('close');
    await expectProblem(response, 401, 'unauthorized');
    expect(server.sink.records).toEqual([]);
  });

  it('while the write keys are not set is 503, and is let in once they are', async () => {
    let keys: WriteKey[] | undefined;
    await server.close();
    server = await startIngest({ authenticate: writeKeyAuthenticator(() => keys) });
    const held = await server.post('/v1/track', event);
    expect(held.headers.get('retry-after')).toBe('30');
    await expectProblem(held, 503, 'write_keys_missing');
    expect(server.sink.records).toEqual([]);
    keys = [{ source: 'shop', key: 'k-shop' }];
    expect((await server.post('/v1/track', event)).status).toBe(200);
  });

  it.each([
    ['{"userId":', 'invalid_json'],
    ['', 'invalid_json'],
    ['[]', 'not_an_object'],
    ['null', 'not_an_object'],
    ['"text"', 'not_an_object'],
    [new Uint8Array([0x7b, 0xff, 0x7d]), 'invalid_utf8'],
  ])('for its body %j is 400', async (body, code) => {
    await expectProblem(await server.post('/v1/track', body), 400, code);
    await expectProblem(await server.post('/v1/batch', body), 400, code);
  });

  it('for breaking rules is 400 with each of them, and is no dead letter', async () => {
    const response = await server.post('/v1/identify', { traits: [], context: 'x' });
    const { errors } = (await response.clone().json()) as { errors: { field: string }[] };
    await expectProblem(response, 400, 'invalid_event');
    expect(errors.map(({ field }) => field).toSorted()).toEqual(['context', 'traits', 'userId']);
    expect(server.sink.records).toEqual([]);
  });

  it('for having no person among other faults names both', async () => {
    const response = await server.post('/v1/track', { properties: [] });
    const { errors } = (await response.json()) as { errors: { field: string }[] };
    expect(errors.map(({ field }) => field)).toContain('userId');
  });

  it('from a browser is 403', async () => {
    const origin = { origin: 'https://shop.example' };
    const code = 'browser_not_supported';
    await expectProblem(await server.post('/v1/track', event, origin), 403, code);
    await expectProblem(await server.post('/v1/t', event), 403, code);
    await expectProblem(await fetch(`${server.url}/v1/projects/x/settings`), 403, code);
    await expectProblem(await fetch(`${server.url}/v1/track`, { method: 'OPTIONS' }), 403, code);
    expect((await server.post('/v1/track', event, { origin: server.url })).status).toBe(200);
  });

  it.each(['/v1/%zz', '/v1/%', '/v1/track%ff', '/%c3%28'])(
    'for the path %s is 400, which says so',
    async (path) => {
      await expectProblem(await server.post(path, event), 400, 'invalid_path');
    },
  );

  it('for an unknown path is 404, for another method 405', async () => {
    await expectProblem(await server.post('/v1/unknown', event), 404, 'not_found');
    for (const path of ['/v1/track', '/v1/batch', '/v1/import', '/v1/b']) {
      const response = await fetch(`${server.url}${path}`, { headers: { authorization: BASIC } });
      expect(response.headers.get('allow')).toBe('POST');
      await expectProblem(response, 405, 'method_not_allowed');
    }
  });

  it('for its media type or encoding is 415', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    await expectProblem(await server.post('/v1/track', event, form), 415, 'unsupported_media_type');
    for (const encoding of ['br', 'zstd', 'compress', 'gzip, gzip', 'constructor']) {
      const encoded = await server.post('/v1/track', event, { 'content-encoding': encoding });
      await expectProblem(encoded, 415, 'unsupported_encoding');
    }
  });

  it('for damaged compression is 400', async () => {
    const damaged = await server.post('/v1/track', event, { 'content-encoding': 'gzip' });
    await expectProblem(damaged, 400, 'unreadable_body');
  });

  it('while too much waits is 429, and is let in afterwards', async () => {
    await server.close();
    const written = Promise.withResolvers<void>();
    const shares = new Shares({ workBytes: LIMITS.sliceBytes + 100_000, waitMs: 50 });
    server = await startIngest({ shares, sink: { publish: () => written.promise } });
    const filler = 'x'.repeat(20_000);
    const waiting = [1, 2, 3, 4, 5].map(() => server.post('/v1/track', { ...event, properties: { filler } }));
    await expectProblem(await server.post('/v1/track', event), 429, 'too_many_requests');
    written.resolve();
    for (const response of await Promise.all(waiting)) expect([200, 429]).toContain(response.status);
    expect((await server.post('/v1/track', event)).status).toBe(200);
  });

  it('for its body gives back all the memory that was kept for it', async () => {
    await server.close();
    server = await startIngest({ shares: new Shares({ workBytes: 5_000_000, waitMs: 50 }) });
    const large = `{"filler":"${'x'.repeat(400_000)}"`;
    for (let index = 0; index < 4; index += 1) {
      await expectProblem(await server.post('/v1/batch', large), 400, 'invalid_json');
      await expectProblem(await server.post('/v1/batch', `${large}}`), 400, 'invalid_batch');
      await expectProblem(await server.post('/v1/batch', `${large},"writeKey":5}`), 401, 'unauthorized');
    }
    expect((await server.post('/v1/batch', `${large},"batch":[]}`)).status).toBe(200);
  });

  it('while the instance holds as much as it may is 429', async () => {
    await server.close();
    let full = true;
    server = await startIngest({ full: () => full });
    await expectProblem(await server.post('/v1/track', event), 429, 'too_many_requests');
    full = false;
    expect((await server.post('/v1/track', event)).status).toBe(200);
  });

  it('while Kafka does not answer is 503', async () => {
    server.sink.fault = new BusError('unavailable', 'away');
    await expectProblem(await server.post('/v1/track', event), 503, 'kafka_unavailable');
    await expectProblem(await server.post('/v1/batch', { batch: [5] }), 503, 'kafka_unavailable');
  });

  it('while the process stops is 503', async () => {
    await server.close();
    server = await startIngest({ stopping: () => true });
    await expectProblem(await server.post('/v1/track', event), 503, 'stopping');
  });
});

describe('a request that is too large', () => {
  const filler = (bytes: number): string => 'x'.repeat(bytes);

  it('with an event of 33 KB is 413, and an error of its item in a batch', async () => {
    const large = { ...event, type: 'track', properties: { filler: filler(33_000) } };
    await expectProblem(await server.post('/v1/track', large), 413, 'event_too_large');
    const response = await server.post('/v1/batch', { batch: [large, { ...event, type: 'track' }] });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ accepted: 1, rejected: 1, errors: [{ index: 0 }] });
    expect(server.sink.records.map(({ topic }) => topic)).toEqual(['customerio.dlq', 'customerio.track']);
  });

  it('counts bytes, not characters', async () => {
    const large = { ...event, properties: { filler: 'ü'.repeat(16_000) } };
    await expectProblem(await server.post('/v1/track', large), 413, 'event_too_large');
    const fits = { ...event, properties: { filler: filler(31_900) } };
    expect((await server.post('/v1/track', fits)).status).toBe(200);
  });

  it('of 501 KB is 413, also once it is decompressed', async () => {
    const body = JSON.stringify({ batch: [], filler: filler(501_000) });
    await expectProblem(await server.post('/v1/batch', body), 413, 'request_too_large');
    const bomb = gzipSync(Buffer.alloc(100_000_000, 0x20));
    const gzip = { 'content-encoding': 'gzip' };
    await expectProblem(await server.post('/v1/batch', bomb, gzip), 413, 'request_too_large');
    expect((await server.post('/v1/batch', { batch: [], filler: filler(499_000) })).status).toBe(200);
  });
});
