import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type IngestServer, startIngest } from './ingest-server.ts';

let server: IngestServer;
beforeEach(async () => {
  server = await startIngest();
});
afterEach(() => server.close());

const identify = 'customerio.identify';
const track = 'customerio.track';

describe('the single endpoints, taking events as they were sent', () => {
  beforeEach(async () => {
    await server.close();
    server = await startIngest({ mapping: 'as-sent' });
  });

  it.each([
    ['identify', identify, { userId: 'u1', traits: { a: 1 } }, { traits: { a: 1 } }],
    ['identify', identify, { userId: 'u1' }, { traits: {} }],
    ['track', track, { userId: 'u1', event: 'Bought' }, { event: 'Bought', properties: {} }],
    [
      'page',
      track,
      { userId: 'u1', name: 'Home', category: 'c' },
      { name: 'Home', category: 'c', properties: {} },
    ],
    ['screen', track, { userId: 'u1', properties: { url: '/' } }, { properties: { url: '/' } }],
    ['group', identify, { userId: 'u1', groupId: 7, traits: {} }, { groupId: '7', traits: {} }],
    ['alias', identify, { userId: 'u1', previousId: 'a1' }, { previousId: 'a1' }],
  ])('take %s into %s', async (type, topic, event, payload) => {
    const response = await server.post(`/v1/${type}`, { ...event, messageId: 'm1' });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ success: true, accepted: 1, rejected: 0, errors: [] });
    expect(server.sink.records).toMatchObject([{ topic, key: 'u1' }]);
    expect(server.sink.values(topic)).toEqual([
      {
        v: 1,
        type,
        userId: 'u1',
        messageId: 'm1',
        timestamp: '2026-01-01T12:00:00.000Z',
        receivedAt: '2026-01-01T12:00:00.000Z',
        correlationId: response.headers.get('x-correlation-id'),
        source: 'shop',
        payload,
      },
    ]);
  });
});

describe('the single endpoints', () => {
  it('key an event by its anonymousId only where there is no userId', async () => {
    await server.post('/v1/track', { anonymousId: 'a1', event: 'x' });
    await server.post('/v1/track', { anonymousId: 'a1', userId: 'u1', event: 'x' });
    expect(server.sink.records.map(({ key }) => key)).toEqual(['a1', 'u1']);
    expect(server.sink.values(track)).toMatchObject([
      { anonymousId: 'a1' },
      { anonymousId: 'a1', userId: 'u1' },
    ]);
  });

  it('write ids that are numbers as text, and leave odd ids alone', async () => {
    const ids = [42, 'org/1', 'cio_0300', '@home', 'a@b.example', '__proto__', 'ünï'];
    for (const userId of ids) {
      const response = await server.post('/v1/track', { userId, event: 'x', messageId: 9 });
      expect(response.status).toBe(200);
    }
    expect(server.sink.records.map(({ key }) => key)).toEqual(ids.map(String));
    expect(server.sink.values(track).map(({ userId }) => userId)).toEqual(ids.map(String));
    expect(server.sink.values(track)[0]).toMatchObject({ messageId: '9' });
  });

  it.each([
    ['12345678901234567890', '12345678901234567890'],
    ['-12345678901234567890', '-12345678901234567890'],
    ['9007199254740993', '9007199254740993'],
    ['9007199254740991', '9007199254740991'],
    ['1e3', '1000'],
  ])('write the whole number %s with all its digits, wherever an id may stand', async (number, digits) => {
    const group = `{"type":"group","userId" : ${number},"groupId":${number},"anonymousId":${number},"messageId":${number}}`;
    const alias = `{"type":"alias","userId":"u1","previousId":\n${number}}`;
    expect((await server.post('/v1/group', group)).status).toBe(200);
    const batch = await server.post('/v1/batch', `{"batch":[7,${group},${alias}]}`);
    expect(await batch.json()).toMatchObject({ accepted: 2, rejected: 1 });
    const grouped = { userId: digits, anonymousId: digits, messageId: digits, payload: { groupId: digits } };
    expect(server.sink.values(identify)).toMatchObject([
      grouped,
      grouped,
      { payload: { previousId: digits } },
    ]);
    expect(server.sink.records[0]?.key).toBe(digits);
  });

  it.each(['1e20', '12345678901234567890.5', '1.5'])(
    'refuse %s as an id, since it is no digits',
    async (number) => {
      const response = await server.post('/v1/track', `{"userId":${number},"event":"x"}`);
      const rule = 'must be a string or a whole number written in digits';
      expect(await response.json()).toMatchObject({ status: 400, errors: [{ field: 'userId', rule }] });
    },
  );

  it('refuse a number of more digits than an id has bytes', async () => {
    const response = await server.post('/v1/track', `{"userId":${'1'.repeat(151)},"event":"x"}`);
    const rule = 'must not be longer than 150 bytes';
    expect(await response.json()).toMatchObject({ status: 400, errors: [{ field: 'userId', rule }] });
  });

  it('correct the time by how wrong the client’s clock is, and never beyond now', async () => {
    const event = { userId: 'u1', event: 'x', timestamp: '2026-01-01T13:00:00Z' };
    await server.post('/v1/track', { ...event, sentAt: '2026-01-01T13:05:00Z' });
    await server.post('/v1/track', event);
    await server.post('/v1/track', { ...event, timestamp: 1_767_225_600 });
    await server.post('/v1/track', { ...event, timestamp: 1_767_225_600_000, sentAt: 'nonsense' });
    expect(server.sink.values(track).map(({ timestamp }) => timestamp)).toEqual([
      '2026-01-01T11:55:00.000Z',
      '2026-01-01T12:00:00.000Z',
      '2026-01-01T00:00:00.000Z',
      '2026-01-01T00:00:00.000Z',
    ]);
  });

  it('make a message id where there is none, from the Idempotency-Key if that is given', async () => {
    await server.post('/v1/track', { userId: 'u1', event: 'x' });
    await server.post('/v1/track', { userId: 'u1', event: 'x', messageId: null });
    await server.post('/v1/track', { userId: 'u1', event: 'x' }, { 'idempotency-key': 'abc' });
    const [one, two, three] = server.sink.values(track).map(({ messageId }) => messageId);
    expect(one).toMatch(/^[0-9a-f-]{36}$/);
    expect(two).toMatch(/^[0-9a-f-]{36}$/);
    expect(one).not.toBe(two);
    expect(three).toBe('abc:0');
  });

  it('keep a correlation id that is given, and the trace', async () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const headers = { 'x-correlation-id': 'c-1', traceparent };
    const response = await server.post('/v1/track', { userId: 'u1', event: 'x' }, headers);
    expect(response.headers.get('x-correlation-id')).toBe('c-1');
    expect(server.sink.values(track)).toMatchObject([{ correlationId: 'c-1' }]);
    expect(server.sink.records).toMatchObject([{ headers: { traceparent } }]);
  });

  it('keep keys named __proto__ as data', async () => {
    const body = '{"userId":"u1","event":"x","__proto__":{"a":1},"properties":{"__proto__":{"polluted":1}}}';
    expect((await server.post('/v1/track', body)).status).toBe(200);
    expect(String(server.sink.records[0]?.value)).toContain('{"__proto__":{"polluted":1}}');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('read a compressed body, a byte order mark, and a charset', async () => {
    const text = JSON.stringify({ userId: 'u1', event: 'x' });
    const gzip = await server.post('/v1/track', gzipSync(text), { 'content-encoding': 'gzip' });
    const marked = await server.post('/v1/track', `\ufeff${text}`);
    const charset = await server.post('/v1/track', text, {
      'content-type': 'application/json; charset=utf-8',
    });
    expect([gzip.status, marked.status, charset.status]).toEqual([200, 200, 200]);
  });
});

describe('the batch endpoints', () => {
  it.each(['/v1/batch', '/v1/import'])(
    '%s takes the good and keeps the bad as dead letters',
    async (path) => {
      const bad = { type: 'track', userId: 'u2', properties: 7 };
      const batch = [{ type: 'track', userId: 'u1', event: 'x' }, bad, { type: 'identify', userId: 'u1' }, 5];
      const response = await server.post(path, { batch }, { 'idempotency-key': 'k' });
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({
        success: true,
        accepted: 2,
        rejected: 2,
        errors: [
          { index: 1, field: 'event', rule: 'is required' },
          { index: 1, field: 'properties', rule: 'must be an object' },
          { index: 3, field: '(event)', rule: 'must be an object' },
        ],
      });
      expect(server.sink.records.map(({ topic, key }) => [topic, key])).toEqual([
        [track, 'u1'],
        ['customerio.dlq', 'u2'],
        [identify, 'u1'],
        ['customerio.dlq', null],
      ]);
      expect(server.sink.values(track)).toMatchObject([{ messageId: 'k:0' }]);
      expect(server.sink.values('customerio.dlq')[0]).toEqual({
        received: bad,
        errors: [
          { field: 'event', rule: 'is required' },
          { field: 'properties', rule: 'must be an object' },
        ],
      });
      expect(server.sink.records[1]?.headers).toEqual({
        'kafka_dlt-original-topic': track,
        'kafka_dlt-exception-fqcn': 'customerio.platform.DeadLetter.invalid_event',
        'kafka_dlt-exception-message': 'event is required; properties must be an object',
        'cio-error-code': 'invalid_event',
        'cio-error-stage': 'ingest',
        'cio-attempts': '0',
        'cio-correlation-id': response.headers.get('x-correlation-id'),
        'cio-redrive-count': '0',
      });
    },
  );

  it('share sentAt and context of the batch, unless an event has its own', async () => {
    const event = { type: 'track', userId: 'u1', event: 'x', timestamp: '2026-01-01T13:00:00Z' };
    const own = { ...event, sentAt: '2026-01-01T13:01:00Z', context: { own: 1 } };
    const body = { batch: [event, own], sentAt: '2026-01-01T13:05:00Z', context: { shared: 1 } };
    await server.post('/v1/batch', body);
    const [first, second] = server.sink.values(track);
    expect(first).toMatchObject({ timestamp: '2026-01-01T11:55:00.000Z', context: { shared: 1 } });
    expect(second).toMatchObject({ timestamp: '2026-01-01T11:59:00.000Z', context: { shared: 1, own: 1 } });
  });

  it('refuse more events than a batch can hold of valid ones', async () => {
    const response = await server.post('/v1/batch', { batch: Array.from({ length: 12_501 }, () => 1) });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid_batch', errors: [{ field: 'batch' }] });
  });

  it('take an empty batch, and refuse what is no batch', async () => {
    expect((await server.post('/v1/batch', { batch: [] })).status).toBe(200);
    const response = await server.post('/v1/batch', { events: [] });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid_batch', errors: [{ field: 'batch' }] });
  });
});
