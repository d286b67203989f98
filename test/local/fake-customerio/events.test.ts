import { describe, expect, it } from '@jest/globals';
import { eventOf, identifyOf, read, startFake, ULID } from './fake-client.ts';

describe('event ids', () => {
  it.each(['x', `8${ULID.slice(1)}`, `${ULID.slice(1)}U`, `${ULID}0`, 7])('refuses %s', async (id) => {
    const fake = await startFake();
    expect((await fake.v1('POST', '/customers/u1/events', { name: 'e', id })).status).toBe(400);
    expect((await fake.v1('POST', '/events', { name: 'e', id })).status).toBe(400);
    const { status, body } = await read(fake.batch([eventOf('u1', 'e', { id })]));
    expect({ status, body }).toMatchObject({
      status: 207,
      body: { errors: [{ batch_index: 0, field: 'id' }] },
    });
  });

  it('ignores what is no ULID where it is set to, and knows no duplicates of it', async () => {
    const fake = await startFake({ nonUlid: 'ignore' });
    await fake.batch([eventOf('u1', 'a', { id: 'x' }), eventOf('u1', 'b', { id: 'x' })]);
    expect((await fake.person('u1')).events.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('applies an event once, over v1, v2 and anonymous calls, in any case, for any person', async () => {
    const fake = await startFake();
    await fake.client.track('u1', { name: 'first', id: ULID, data: { n: 1 } });
    await fake.client.track('u1', { name: 'again', id: ULID });
    await fake.client.batch([
      eventOf('u1', 'again', { id: ULID.toLowerCase() }),
      eventOf('u2', 'again', { id: ULID }),
      { ...eventOf('u1', 'again', { id: ULID }), action: 'page' },
    ] as never);
    await fake.client.trackAnonymous('anon', { name: 'again', id: ULID });
    expect((await fake.person('u1')).events).toEqual([
      { name: 'first', type: 'event', id: ULID, timestamp: expect.any(Number), attributes: { n: 1 } },
    ]);
    expect(fake.fake.stats()).toMatchObject({ events: 1, duplicates: 5, people: 1 });
  });

  it('keeps every event without an id', async () => {
    const fake = await startFake();
    await fake.batch([eventOf('u1', 'e'), eventOf('u1', 'e')]);
    expect((await fake.person('u1')).events).toHaveLength(2);
  });
});

describe('events', () => {
  it('applies a batch in the order of its items, with the time they bring or now', async () => {
    const fake = await startFake({ now: () => 5_999 });
    const names = Array.from({ length: 20 }, (_, at) => `e${at}`);
    await fake.batch([...names.map((name) => eventOf('u1', name)), eventOf('u1', 'timed', { timestamp: 3 })]);
    const { events, arrivals } = await fake.person('u1');
    expect(events.map(({ name }) => name)).toEqual([...names, 'timed']);
    expect(events.map(({ timestamp }) => timestamp)).toEqual([...names.map(() => 5), 3]);
    expect(arrivals.map(({ name }) => name)).toEqual([...names, 'timed']);
  });

  it('keeps pages and screens apart from events', async () => {
    const fake = await startFake();
    await fake.client.trackPageView('u1', '/home');
    await fake.batch([{ ...eventOf('u1', 'Home'), action: 'screen' }]);
    expect((await fake.person('u1')).events.map(({ type, name }) => [type, name])).toEqual([
      ['page', '/home'],
      ['screen', 'Home'],
    ]);
  });
});

describe('anonymous events', () => {
  it('go to the person who is identified with their anonymous_id, once', async () => {
    const fake = await startFake();
    await fake.client.trackAnonymous('anon', { name: 'seen', data: { n: 1 } });
    await fake.client.trackAnonymous('other', { name: 'not mine' });
    expect(await fake.people()).toEqual([]);
    await fake.client.identify('u1', { anonymous_id: 'anon' });
    await fake.batch([identifyOf('u2', { anonymous_id: 'anon' })]);
    expect((await fake.person('u1')).events).toMatchObject([{ name: 'seen', attributes: { n: 1 } }]);
    expect((await fake.person('u2')).events).toEqual([]);
  });

  it('without an anonymous_id belong to nobody', async () => {
    const fake = await startFake();
    await fake.v1('POST', '/events', { name: 'invite' });
    await fake.client.identify('u1', { anonymous_id: '' });
    expect((await fake.person('u1')).events).toEqual([]);
    expect(fake.fake.stats().events).toBe(1);
  });
});
