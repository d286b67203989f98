import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type IngestServer, startIngest } from '../ingest-server.ts';

let server: IngestServer;
beforeEach(async () => {
  server = await startIngest();
});
afterEach(() => server.close());

type Json = Readonly<Record<string, unknown>>;

/** The one record that an event becomes. */
const recordOf = async (event: Json): Promise<Json> => {
  server.sink.records.length = 0;
  const response = await server.post('/v1/batch', { batch: [{ messageId: 'm1', ...event }] });
  expect(await response.json()).toMatchObject({ accepted: 1, rejected: 0 });
  const [record] = server.sink.records;
  return JSON.parse(String(record?.value)) as Json;
};

const refusalOf = async (event: Json): Promise<unknown> => {
  const response = await server.post('/v1/batch', { batch: [event] });
  const { accepted, errors } = (await response.json()) as { accepted: number; errors: readonly Json[] };
  expect(accepted).toBe(0);
  return errors.map(({ field, rule }) => `${field} ${rule}`);
};

const track = { type: 'track', event: 'x' };

describe('who a person is', () => {
  it.each([
    ['u1', { id: 'u1' }],
    ['cio_a3000001', { cio_id: 'a3000001' }],
    ['cio_', { id: 'cio_' }],
    ['ada@example.com', { email: 'ada@example.com' }],
    ['Ada.Lovelace+news@mail.example.co.uk', { email: 'Ada.Lovelace+news@mail.example.co.uk' }],
    ['@ada', { id: '@ada' }],
    ['ada@localhost', { id: 'ada@localhost' }],
    ['a@b@example.com', { id: 'a@b@example.com' }],
    ['ada @example.com', { id: 'ada @example.com' }],
    ['+4912345', { id: '+4912345' }],
  ])('is judged by the shape of the id %s', async (userId, identifiers) => {
    for (const event of [{ type: 'identify' }, track, { type: 'page' }, { type: 'group', groupId: 'g' }]) {
      expect(await recordOf({ ...event, userId })).toMatchObject({ userId, identifiers });
    }
    expect(server.sink.records.at(-1)?.key).toBe(userId);
    const alias = await recordOf({ type: 'alias', userId: 'u1', previousId: userId });
    expect(alias).toMatchObject({ payload: { previousId: userId, previousIdentifiers: identifiers } });
  });

  it('is not told by blank ids', async () => {
    expect(await recordOf({ ...track, userId: '', anonymousId: 'a1' })).toMatchObject({ anonymousId: 'a1' });
    expect(server.sink.records[0]?.key).toBe('a1');
    const known = await recordOf({ ...track, userId: 'u1', anonymousId: '  ' });
    expect(known).not.toHaveProperty('anonymousId');
    expect(known).toMatchObject({ payload: { properties: {} } });
    expect(await refusalOf({ ...track, userId: '', anonymousId: ' ' })).toEqual([
      'userId needs a userId or an anonymousId',
    ]);
  });

  it('is the address of an identify that has no userId', async () => {
    const traits = { email: 'ada@example.com', plan: 'pro' };
    const expected = {
      userId: 'ada@example.com',
      identifiers: { email: 'ada@example.com' },
      payload: { traits },
    };
    expect(await recordOf({ type: 'identify', traits })).toMatchObject(expected);
    expect(await recordOf({ type: 'identify', userId: ' ', anonymousId: 'a1', traits })).toMatchObject({
      ...expected,
      anonymousId: 'a1',
    });
    expect(server.sink.records[0]?.key).toBe('ada@example.com');
    expect(await recordOf({ type: 'identify', context: { traits } })).toMatchObject(expected);
    expect(await recordOf({ type: 'identify', userId: 'u1', traits })).toMatchObject({
      userId: 'u1',
      identifiers: { id: 'u1' },
    });
  });

  it('is asked for where an identify has only an anonymous id, or no address', async () => {
    expect(await refusalOf({ type: 'identify', anonymousId: 'a1' })).toEqual(['userId is required']);
    expect(await refusalOf({ type: 'identify', traits: { email: 'nobody' } })).toEqual([
      'userId is required',
    ]);
  });

  it('may be anonymous in a group', async () => {
    const record = await recordOf({ type: 'group', anonymousId: 'a1', groupId: 'g' });
    expect(record).toMatchObject({ anonymousId: 'a1', payload: { groupId: 'g', objectTypeId: '1' } });
    expect(record).not.toHaveProperty('identifiers');
  });

  it('carries the anonymous id as an attribute of events that have both ids', async () => {
    for (const event of [track, { type: 'page' }, { type: 'screen' }]) {
      const record = await recordOf({ ...event, userId: 'u1', anonymousId: 'a1' });
      expect(record).toMatchObject({ payload: { properties: { anonymous_id: 'a1' } } });
    }
    const own = { ...track, userId: 'u1', anonymousId: 'a1', properties: { anonymous_id: 'own' } };
    expect(await recordOf(own)).toMatchObject({ payload: { properties: { anonymous_id: 'own' } } });
  });
});

describe('attributes', () => {
  it('have their dates in seconds, and one spelling of when somebody was created', async () => {
    const traits = {
      createdAt: '2026-01-01',
      birthday: '1990-05-01',
      plan: { since: '2026-01-01T00:00:00Z' },
    };
    const converted = { created_at: 1_767_225_600, birthday: 641_520_000, plan: { since: 1_767_225_600 } };
    const person = await recordOf({ type: 'identify', userId: 'u1', traits });
    expect(person['payload']).toEqual({ traits: converted });
    const group = await recordOf({ type: 'group', userId: 'u1', groupId: '2026-01-01', traits });
    expect(group['payload']).toEqual({ groupId: '2026-01-01', objectTypeId: '1', traits: converted });
    const both = await recordOf({
      type: 'identify',
      userId: 'u1',
      traits: { createdAt: '2020-01-01', created_at: 1_767_225_600 },
    });
    expect(both['payload']).toEqual({ traits: { created_at: 1_767_225_600 } });
    const event = await recordOf({ ...track, userId: 'u1', properties: { createdAt: '2026-01-01' } });
    expect(event['payload']).toEqual({ event: 'x', properties: { createdAt: 1_767_225_600 } });
  });

  it('of an identify with an object relate the person to it', async () => {
    const traits = {
      plan: 'pro',
      objectId: 'acme',
      objectTypeId: 2,
      relationshipAttributes: { role: 'admin', since: '2026-01-01' },
    };
    expect((await recordOf({ type: 'identify', userId: 'u1', traits }))['payload']).toEqual({
      traits: { plan: 'pro', objectId: 'acme' },
      relationships: [
        {
          identifiers: { object_type_id: '2', object_id: 'acme' },
          relationship_attributes: { role: 'admin', since: 1_767_225_600 },
        },
      ],
    });
    const bare = await recordOf({ type: 'identify', userId: 'u1', traits: { objectId: 7 } });
    expect(bare['payload']).toEqual({
      traits: { objectId: 7 },
      relationships: [{ identifiers: { object_type_id: '1', object_id: '7' } }],
    });
    expect(
      await refusalOf({ type: 'identify', userId: 'u1', traits: { objectId: 'x'.repeat(151) } }),
    ).toEqual(['traits.objectId must not be longer than 150 bytes']);
  });

  it('of an object whose id is a number beyond 2^53 keep its digits', async () => {
    const digits = '12345678901234567890';
    const sent = [
      ['/v1/identify', `{"userId":"u1","traits":{"objectId":${digits},"objectTypeId":${digits}}}`],
      ['/v1/track', `{"userId":"u1","event":"Object Deleted","properties":{"objectId":${digits}}}`],
    ] as const;
    for (const [path, body] of sent) expect((await server.post(path, body)).status).toBe(200);
    const payloads = server.sink.records.map(({ value }) => JSON.parse(String(value)).payload as Json);
    expect(payloads).toMatchObject([
      { relationships: [{ identifiers: { object_type_id: digits, object_id: digits } }] },
      { object: { object_type_id: '1', object_id: digits } },
    ]);
  });

  it('of a group are its traits and its objectAttributes', async () => {
    const traits = {
      name: 'Acme',
      object_type_id: '3',
      objectAttributes: { name: 'Acme Ltd', seats: 5 },
      relationshipAttributes: { role: 'owner' },
    };
    expect((await recordOf({ type: 'group', userId: 'u1', groupId: 'acme', traits }))['payload']).toEqual({
      groupId: 'acme',
      objectTypeId: '3',
      traits: { name: 'Acme Ltd', seats: 5 },
      relationshipAttributes: { role: 'owner' },
    });
  });
});

describe('names', () => {
  it('of pages are their URL where they have one, and the given name becomes an attribute', async () => {
    const properties = { url: 'https://shop.example/cart', title: 'Cart', path: '/cart' };
    const page = { type: 'page', userId: 'u1', name: 'Checkout', category: 'shop', properties };
    expect((await recordOf(page))['payload']).toEqual({
      name: 'https://shop.example/cart',
      properties: { ...properties, name: 'Checkout', category: 'shop' },
    });
    const named = { ...page, properties: { ...properties, name: 'Own', category: 'own' } };
    expect((await recordOf(named))['payload']).toMatchObject({
      properties: { name: 'Own', category: 'own' },
    });
  });

  it.each([
    [{ name: 'Home' }, 'Home'],
    [{ name: ' ', properties: { title: 'T', path: '/' } }, 'T'],
    [{ properties: { path: '/' } }, '/'],
    [{ category: 'c' }, 'c'],
    [{}, 'page'],
  ])('of pages without a URL are derived as before: %j', async (page, name) => {
    expect(await recordOf({ type: 'page', userId: 'u1', ...page })).toMatchObject({ payload: { name } });
  });

  it('of screens are the name of the call', async () => {
    const screen = { type: 'screen', userId: 'u1', name: 'Cart', properties: { url: 'app://cart' } };
    expect(await recordOf(screen)).toMatchObject({ payload: { name: 'Cart' } });
  });

  it.each([
    ['x'.repeat(101), 'x'.repeat(100)],
    ['ü'.repeat(51), 'ü'.repeat(50)],
    [`${'x'.repeat(98)}😀`, 'x'.repeat(98)],
    [`${'x'.repeat(96)}😀y`, `${'x'.repeat(96)}😀`],
    [`${'x'.repeat(99)}€`, 'x'.repeat(99)],
  ])('above 100 bytes are cut between two characters, with a warning', async (event, name) => {
    const response = await server.post('/v1/track', { userId: 'u1', event });
    const warning = 'was longer than 100 bytes and was cut';
    expect(await response.json()).toMatchObject({
      accepted: 1,
      warnings: [{ index: 0, field: 'event', warning }],
    });
    expect(server.sink.values('customerio.track')).toMatchObject([{ payload: { event: name } }]);
  });

  it('of exactly 100 bytes, or with spaces around them, are not', async () => {
    for (const event of ['ü'.repeat(50), `  ${'x'.repeat(100)}  `]) {
      const response = await server.post('/v1/track', { userId: 'u1', event });
      expect(await response.json()).not.toHaveProperty('warnings');
    }
  });

  it('of 30 kB cost no more than others', async () => {
    const startedAt = performance.now();
    for (let index = 0; index < 20; index += 1) {
      await server.post('/v1/track', { userId: 'u1', event: '😀'.repeat(7_000) });
    }
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});

describe('times', () => {
  it.each([
    ['', true],
    ['0001-01-01T00:00:00Z', true],
    ['soon', true],
    [0, true],
    [{}, true],
    [false, true],
    ['2026-01-01T11:00:00Z', false],
  ])('that are unreadable are those of the receipt: %j', async (timestamp, isReplaced) => {
    const record = await recordOf({ ...track, userId: 'u1', timestamp });
    expect(record['timestamp']).toBe(isReplaced ? '2026-01-01T12:00:00.000Z' : '2026-01-01T11:00:00.000Z');
  });

  it('are originalTimestamp where there is no timestamp', async () => {
    const originalTimestamp = '2026-01-01T11:00:00Z';
    expect(await recordOf({ ...track, userId: 'u1', originalTimestamp })).toMatchObject({
      timestamp: '2026-01-01T11:00:00.000Z',
    });
    const both = { ...track, userId: 'u1', originalTimestamp, timestamp: '2026-01-01T10:00:00Z' };
    expect(await recordOf(both)).toMatchObject({ timestamp: '2026-01-01T10:00:00.000Z' });
  });
});
