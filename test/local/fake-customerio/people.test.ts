import { describe, expect, it } from '@jest/globals';
import { eventOf, identifyOf, startFake } from './fake-client.ts';

const PREFS = 'cio_subscription_preferences';

describe('attributes', () => {
  it('keep the latest write by timestamp, each on its own', async () => {
    const fake = await startFake();
    await fake.batch([
      identifyOf('u1', { a: 'late', b: 'late' }, { timestamp: 200 }),
      identifyOf('u1', { a: 'early', c: 'early' }, { timestamp: 100 }),
    ]);
    await fake.client.identify('u1', { b: 'early', d: 1, _timestamp: 150 });
    expect((await fake.person('u1')).attributes).toEqual({ a: 'late', b: 'late', c: 'early', d: 1 });
  });

  it('go to the later arrival at equal timestamps', async () => {
    const fake = await startFake();
    await fake.batch([1, 2, 3].map((a) => identifyOf('u1', { a }, { timestamp: 100 })));
    expect((await fake.person('u1')).attributes).toEqual({ a: 3 });
  });

  it('are removed by "" and null, which an earlier write does not undo', async () => {
    const fake = await startFake();
    await fake.batch([
      identifyOf('u1', { a: 1, b: 1, c: 0, d: false }, { timestamp: 100 }),
      identifyOf('u1', { a: '', b: null }, { timestamp: 200 }),
      identifyOf('u1', { a: 2 }, { timestamp: 150 }),
    ]);
    expect((await fake.person('u1')).attributes).toEqual({ c: 0, d: false });
  });

  it('merge preferences by path, each path with its own time', async () => {
    const fake = await startFake();
    await fake.batch([
      identifyOf('u1', { [PREFS]: { topics: { t1: true, t2: true } } }, { timestamp: 100 }),
      identifyOf('u1', { [`${PREFS}.topics.t1`]: false }, { timestamp: 300 }),
      identifyOf('u1', { [`${PREFS}.topics.t3`]: true }, { timestamp: 150 }),
      identifyOf('u1', { [`${PREFS}.topics.t2`]: false }, { timestamp: 50 }),
    ]);
    expect((await fake.person('u1')).attributes).toEqual({
      [PREFS]: { topics: { t1: false, t2: true, t3: true } },
    });
    await fake.batch([identifyOf('u1', { [PREFS]: { topics: { t9: true } } }, { timestamp: 200 })]);
    expect((await fake.person('u1')).attributes).toEqual({ [PREFS]: { topics: { t9: true, t1: false } } });
  });

  it('with _update are written to known people only', async () => {
    const fake = await startFake();
    await fake.client.identify('u1', { _update: true, a: 1 });
    expect(await fake.people()).toEqual([]);
    await fake.client.identify('u1');
    await fake.batch([identifyOf('u1', { _update: true, a: 1 })]);
    expect((await fake.person('u1')).attributes).toEqual({ a: 1 });
  });
});

describe('identifiers', () => {
  const odd = ['a b/+@é', '%2F', 'a/b?c#d', '__proto__', 'constructor', 'toString', '日本'];
  it.each(odd)('%s is one person over v1 and v2', async (id) => {
    const fake = await startFake();
    await fake.client.identify(id, { v: 1 });
    await fake.client.track(id, { name: 'e' });
    await fake.batch([identifyOf(id, { w: 2 }), eventOf(id, 'f')]);
    const [person, ...others] = await fake.people();
    expect(others).toEqual([]);
    expect(person).toMatchObject({ id, attributes: { v: 1, w: 2 }, events: [{ name: 'e' }, { name: 'f' }] });
    expect((await fake.person(id)).id).toBe(id);
  });

  it.each(['cio_1', 'a@b.example'])('v2 takes the id %s as it is', async (id) => {
    const fake = await startFake();
    await fake.batch([identifyOf(id, { a: 1 })]);
    expect(await fake.person(id)).toMatchObject({ id, attributes: { a: 1 } });
  });

  it('v1 reads e-mail addresses and cio_ids from the path', async () => {
    const fake = await startFake();
    await fake.client.identify('A@b.example', { a: 1 });
    await fake.client.identify('a@B.example', { id: 'u1' });
    const { cio_id: cioId } = await fake.person('u1');
    await fake.client.identify(`cio_${cioId}`, { id: 'u2', c: 3 });
    await fake.client.identify('cio_unknown', { id: 'u3', email: 'a@b.example', d: 4 });
    expect(await fake.people()).toMatchObject([{ id: 'u2', cio_id: cioId, attributes: { a: 1, c: 3 } }]);
    expect((await fake.person('u2')).attributes).not.toHaveProperty('d');
  });

  it('gives an unknown path id to the person whose e-mail address is known, and takes no one else’s', async () => {
    const fake = await startFake();
    await fake.client.identify('a@b.example', { a: 1 });
    await fake.client.identify('u1', { email: 'a@b.example' });
    await fake.client.identify('u2', { email: 'a@b.example', x: 1 });
    await fake.client.identify('u2', { email: 'a@b.example', x: 2 });
    expect((await fake.person('u1')).attributes).toEqual({ a: 1, email: 'a@b.example' });
    expect((await fake.person('u2')).attributes).toEqual({ x: 2 });
  });

  it('frees an e-mail address that was removed', async () => {
    const fake = await startFake();
    await fake.client.identify('u1', { email: 'a@b.example' });
    await fake.client.identify('u1', { email: '', id: null });
    await fake.client.identify('u2', { email: 'a@b.example' });
    expect((await fake.person('u1')).attributes).toEqual({});
    expect((await fake.person('u2')).attributes).toEqual({ email: 'a@b.example' });
  });

  it('keeps attributes with the names of object members', async () => {
    const fake = await startFake();
    const attributes = JSON.parse('{"__proto__":"p","constructor":"c","toString":"t"}') as Record<
      string,
      unknown
    >;
    await fake.batch([identifyOf('u1', attributes), eventOf('u1', 'e', { attributes })]);
    const { attributes: kept, events } = await fake.person('u1');
    expect(JSON.stringify(kept)).toBe(JSON.stringify(attributes));
    expect(JSON.stringify(events[0]?.attributes)).toBe(JSON.stringify(attributes));
  });
});
