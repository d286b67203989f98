import { describe, expect, it } from '@jest/globals';
import { AUTHORIZATION, startFake } from './fake-client.ts';

const LONG = '12345678901234567890';
const PRICE = '0.12345678901234567891';

const started = async () => {
  const fake = await startFake();
  const post = (path: string, body: string) =>
    fetch(`${fake.trackUrl.replace('/v1', path)}`, {
      method: path.includes('customers') ? 'PUT' : 'POST',
      headers: { authorization: AUTHORIZATION },
      body,
    });
  const page = async (id: string) => (await fetch(`${fake.url}/_control/people/${id}`)).text();
  return { ...fake, post, page };
};

describe('the fake', () => {
  it('keeps and shows the digits of numbers that a double does not keep', async () => {
    const fake = await started();
    const identify = `{"type":"person","identifiers":{"id":"u1"},"action":"identify","attributes":{"a":${LONG},"b":{"c":[${PRICE}]}}}`;
    const event = `{"type":"person","identifiers":{"id":"u1"},"action":"event","name":"x","attributes":{"a":${LONG}}}`;
    expect((await fake.post('/v2/batch', `{"batch":[${identify},${event}]}`)).status).toBe(200);
    expect((await fake.post('/v1/customers/u1', `{"messageId":${LONG}}`)).status).toBe(200);
    const page = await fake.page('u1');
    expect(page).toContain(`"attributes":{"a":${LONG},"b":{"c":[${PRICE}]},"messageId":${LONG}}`);
    expect(page).toContain(`"attributes":{"a":${LONG}}`);
    expect(await (await fetch(`${fake.url}/_control/people`)).text()).toContain(LONG);
  });

  it('passes customerio-node’s digits on', async () => {
    const fake = await started();
    await fake.client.identify('u1', { a: JSON.rawJSON(LONG) });
    await fake.client.track('u1', { name: 'x', data: { a: JSON.rawJSON(PRICE) } });
    expect(await fake.page('u1')).toMatch(new RegExp(`"a":${LONG}.*"a":${PRICE}`));
  });

  it('takes a long number for an id and for an attribute’s value, but not for an object or a time', async () => {
    const fake = await started();
    const identify = (more: string) =>
      fake.post('/v2/entity', `{"type":"person","action":"identify","identifiers":{"id":${LONG}}${more}}`);
    expect((await identify('')).status).toBe(200);
    expect(await fake.exists(LONG)).toBe(true);
    expect((await identify(`,"attributes":{"unsubscribed":${LONG},"email":${LONG}}`)).status).toBe(200);
    expect((await identify(`,"attributes":${LONG}`)).status).toBe(400);
    expect((await identify(`,"timestamp":${LONG}`)).status).toBe(400);
    expect((await identify(`,"attributes":{"a":1${'0'.repeat(1001)}}`)).status).toBe(400);
    expect((await fake.post('/v2/batch', LONG)).status).toBe(400);
    expect((await fake.post('/v1/events', `{"name":"x","anonymous_id":${LONG}}`)).status).toBe(200);
    expect((await fake.post('/v1/customers/u2', `{"anonymous_id":"${LONG}"}`)).status).toBe(200);
    expect((await fake.person('u2')).events).toMatchObject([{ name: 'x' }]);
  });
});
