import { describe, expect, it } from '@jest/globals';
import { TrackClient } from 'customerio-node';
import { AUTHORIZATION, eventOf, identifyOf, read, startFake } from './fake-client.ts';

describe('unknown paths and methods', () => {
  it.each([
    ['GET', '/v1/nothing'],
    ['GET', '/v1/customers/u1'],
    ['OPTIONS', '/v1/customers/u1'],
    ['PUT', '/v2/batch'],
    ['POST', '/v3/batch'],
    ['POST', '/v1/Events'],
  ])('%s %s is an HTML page, without credentials', async (method, path) => {
    const fake = await startFake();
    const answer = await fetch(fake.trackUrl.replace('/v1', path), { method });
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await answer.text()).toContain('Page Not Found | Customer.io');
    expect(answer.headers.get('www-authenticate')).toBeNull();
  });
});

describe('credentials', () => {
  it.each([
    ['none', undefined],
    ['a wrong secret', `Basic ${Buffer.from('local:other').toString('base64')}`],
    ['a wrong scheme', AUTHORIZATION.replace('Basic', 'Bearer')],
  ])('answers 401 to %s, before the body is looked at', async (_name, authorization) => {
    const fake = await startFake();
    const headers = { ...(authorization && { authorization }) };
    const answer = await fetch(`${fake.v2Url}/batch`, { method: 'POST', headers, body: '{' });
    expect(answer.headers.get('www-authenticate')).toBe('Basic realm="Customer.io edge event collection"');
    expect(await read(answer)).toEqual({ status: 401, body: { meta: { error: 'Unauthorized request' } } });
  });

  it('takes the site id and key that it was given', async () => {
    const fake = await startFake({ siteId: 's', apiKey: 'k' });
    const client = new TrackClient('s', 'k', { url: fake.trackUrl, retry: { maxRetries: 0 } });
    await client.identify('u1');
    expect(await fake.exists('u1')).toBe(true);
    await expect(fake.client.identify('u2')).rejects.toMatchObject({ statusCode: 401 });
  });
});

describe('bodies', () => {
  it('answers 200 {} to what it takes', async () => {
    const fake = await startFake();
    expect(await read(fake.v1('PUT', '/customers/u1', {}))).toEqual({ status: 200, body: {} });
    expect(await read(fake.entity(identifyOf('u1')))).toEqual({ status: 200, body: {} });
    expect(await read(fake.batch([identifyOf('u1')]))).toEqual({ status: 200, body: {} });
  });

  it.each(['{', '[]', '"x"'])('answers 400 with texts to %s at v1', async (text) => {
    const fake = await startFake();
    expect(await read(fake.v1('PUT', '/customers/u1', text))).toEqual({
      status: 400,
      body: { meta: { errors: [expect.any(String)] } },
    });
  });

  it.each(['{', '[]', '{}', '{"batch":{}}', '{"batch":[]}'])(
    'answers 400 with errors to the batch %s',
    async (text) => {
      const fake = await startFake();
      expect(await read(fake.send('POST', `${fake.v2Url}/batch`, text))).toEqual({
        status: 400,
        body: { errors: [{ reason: 'invalid', field: expect.any(String), message: expect.any(String) }] },
      });
    },
  );

  it.each([
    [{ ...identifyOf('u1'), type: 'nobody' }, 'type'],
    [{ ...identifyOf('u1'), type: 'constructor' }, 'type'],
    [{ ...identifyOf('u1'), action: 'fly' }, 'action'],
    [{ ...identifyOf('u1'), identifiers: {} }, 'identifiers'],
    [{ ...identifyOf('u1'), identifiers: { id: 'u1', email: 'a@b.c' } }, 'identifiers'],
    [identifyOf(''), 'identifiers.id'],
    [{ type: 'person', identifiers: { id: 'u1' }, action: 'event' }, 'name'],
    [eventOf('u1', '  '), 'name'],
    [eventOf('u1', 'x', { timestamp: 1.5 }), 'timestamp'],
    [
      { type: 'person', identifiers: { id: 'u1' }, action: 'add_device', device: { token: 't' } },
      'device.platform',
    ],
    [{ type: 'person', action: 'merge', primary: { id: 'u1' } }, 'secondary'],
    [{ type: 'object', identifiers: { object_id: 'a' }, action: 'identify' }, 'identifiers.object_type_id'],
  ])('refuses the operation %j for %s', async (operation, field) => {
    const fake = await startFake();
    const { status, body } = await read(fake.entity(operation));
    expect({ status, body }).toEqual({
      status: 400,
      body: { errors: [{ reason: expect.any(String), field, message: expect.any(String) }] },
    });
    expect(await fake.people()).toEqual([]);
  });

  it('refuses the bad items of a batch by index and applies the others', async () => {
    const fake = await startFake();
    const batch = [identifyOf('u1'), identifyOf('u2', { bio: 'x'.repeat(1001) }), 7, identifyOf('u3')];
    const message = 'property value cannot be longer than 1000 bytes';
    expect(await read(fake.batch(batch))).toEqual({
      status: 207,
      body: {
        errors: [
          { batch_index: 1, reason: 'invalid', field: 'attributes.bio', message },
          { batch_index: 2, reason: 'invalid', field: '', message: 'must be an object' },
        ],
      },
    });
    expect((await fake.people()).map(({ id }) => id)).toEqual(['u1', 'u3']);
    expect(fake.fake.stats()).toMatchObject({ operations: 2, refused: 2 });
  });

  it('lets the official client see 207 and 400', async () => {
    const fake = await startFake();
    expect(await fake.client.batch([eventOf('u1', '') as never])).toMatchObject({
      errors: [{ batch_index: 0 }],
    });
    await expect(fake.client.entity(eventOf('u1', '') as never)).rejects.toMatchObject({ statusCode: 400 });
    await expect(fake.client.track('u1', { name: 'x'.repeat(101) })).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('event name cannot be longer than 100 bytes'),
    });
  });

  it('answers a body above what it reads in the shape of the API', async () => {
    const fake = await startFake();
    const large = 'x'.repeat(4_000_001);
    expect(await read(fake.v1('PUT', '/customers/u1', large))).toMatchObject({
      status: 413,
      body: { meta: {} },
    });
    expect(await read(fake.entity(large))).toMatchObject({ status: 413, body: { errors: [{}] } });
  });
});

describe('region', () => {
  it.each([
    ['us', 'https://track.customer.io'],
    ['eu', 'https://track-eu.customer.io'],
  ] as const)('tells %s', async (region, url) => {
    const fake = await startFake({ region });
    expect(await fake.client.getAccountRegion()).toEqual({ url, region, environment_id: expect.any(Number) });
  });
});
