import { describe, expect, it } from '@jest/globals';
import { eventOf, identifyOf, startFake } from './fake-client.ts';

const sized = (bytes: number) => {
  const operation = eventOf('u1', 'e', { attributes: { pad: '' } });
  const rest = Buffer.byteLength(JSON.stringify(operation));
  return { ...operation, attributes: { pad: 'x'.repeat(bytes - rest) } };
};
const batchSized = (bytes: number) => {
  const items = Array.from({ length: 16 }, () => sized(31_000));
  const rest = Buffer.byteLength(JSON.stringify({ batch: [...items, sized(100)] })) - 100;
  return [...items, sized(bytes - rest)];
};
const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`a${at}`, 1]));

describe('limits, at the last byte and one above', () => {
  it.each([
    [32_000, 200, 200],
    [32_001, 413, 207],
  ])('an item of %i bytes', async (bytes, entity, batch) => {
    const fake = await startFake();
    expect((await fake.entity(sized(bytes))).status).toBe(entity);
    expect((await fake.batch([sized(bytes)])).status).toBe(batch);
  });

  it.each([
    [500_000, 200],
    [500_001, 413],
  ])('a batch of %i bytes', async (bytes, status) => {
    const fake = await startFake();
    expect(Buffer.byteLength(JSON.stringify({ batch: batchSized(bytes) }))).toBe(bytes);
    expect((await fake.batch(batchSized(bytes))).status).toBe(status);
  });

  it('answers an oversize request 400 where it is set to', async () => {
    const fake = await startFake({ oversizeStatus: 400 });
    expect((await fake.entity(sized(32_001))).status).toBe(400);
    expect((await fake.batch(batchSized(500_001))).status).toBe(400);
  });

  it.each([
    ['é'.repeat(50), 200],
    [` ${'x'.repeat(100)} `, 200],
    [`${'é'.repeat(50)}x`, 400],
  ])('an event name %s', async (name, status) => {
    const fake = await startFake();
    expect((await fake.entity(eventOf('u1', name))).status).toBe(status);
    expect((await fake.v1('POST', '/customers/u1/events', { name })).status).toBe(status);
    expect((await fake.v1('POST', '/events', { name })).status).toBe(status);
    if (status === 200) expect((await fake.person('u1')).events[0]?.name).toBe(name.trim());
  });

  it.each([
    ['é'.repeat(75), 200],
    [`${'é'.repeat(75)}x`, 400],
  ])('an id %s', async (id, status) => {
    const fake = await startFake();
    const path = `/customers/${encodeURIComponent(id)}`;
    expect((await fake.entity(identifyOf(id))).status).toBe(status);
    expect((await fake.v1('PUT', path, {})).status).toBe(status);
    expect((await fake.v1('POST', `${path}/events`, { name: 'e' })).status).toBe(status);
  });

  it.each([
    ['a value of 1000 bytes', { a: 'é'.repeat(500) }, 200],
    ['a value of 1001 bytes', { a: `${'é'.repeat(500)}x` }, 400],
    ['a name of 150 bytes', { ['n'.repeat(150)]: 1 }, 200],
    ['a name of 151 bytes', { ['n'.repeat(151)]: 1 }, 400],
    ['300 attributes', many(300), 200],
    ['301 attributes', many(301), 400],
  ])('%s', async (_name, attributes, status) => {
    const fake = await startFake();
    expect((await fake.entity(identifyOf('u1', attributes))).status).toBe(status);
    expect((await fake.v1('PUT', '/customers/u1', attributes)).status).toBe(status);
  });

  it.each([
    [100_000, 200],
    [100_001, 400],
  ])('v1 event data of %i bytes, which v2 would refuse', async (bytes, status) => {
    const fake = await startFake();
    const data = { pad: 'x'.repeat(bytes - '{"pad":""}'.length) };
    expect((await fake.v1('POST', '/customers/u1/events', { name: 'e', data })).status).toBe(status);
  });

  it('takes a v1 identify above the size of a v2 item', async () => {
    const fake = await startFake();
    const attributes = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [`a${at}`, 'x'.repeat(1000)]),
    );
    expect((await fake.v1('PUT', '/customers/u1', attributes)).status).toBe(200);
  });
});
