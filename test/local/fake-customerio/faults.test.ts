import { describe, expect, it } from '@jest/globals';
import { eventOf, identifyOf, read, startFake } from './fake-client.ts';

const failure = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('scripted faults', () => {
  it('answer a status and Retry-After, as often as told, and apply nothing', async () => {
    const fake = await startFake();
    await fake.faults([{ status: 503, retryAfter: 7, times: 2 }]);
    const answer = await fake.batch([identifyOf('u1')]);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '7']);
    expect(await answer.json()).toEqual({ meta: { error: expect.any(String) } });
    expect(await fake.control('/faults')).toEqual([{ status: 503, retryAfter: 7, times: 1 }]);
    await expect(fake.client.identify('u1')).rejects.toMatchObject({ statusCode: 503 });
    expect(await fake.people()).toEqual([]);
    await fake.client.identify('u1');
    expect(await fake.exists('u1')).toBe(true);
    expect(fake.fake.stats()).toMatchObject({ requests: 3, faulted: 2 });
  });

  it('answer HTML, which the official client cannot read, or nothing', async () => {
    const fake = await startFake();
    await fake.faults([
      { status: 502, body: 'html', times: 1 },
      { body: 'empty', times: 1 },
    ]);
    const error = await failure(fake.client.identify('u1'));
    expect(Error.isError(error) && error.message).toContain('Unable to parse JSON');
    const answer = await fake.batch([identifyOf('u1')]);
    expect([answer.status, await answer.text()]).toEqual([503, '']);
  });

  it('wait', async () => {
    const fake = await startFake();
    await fake.faults([{ delayMs: 60 }]);
    const start = performance.now();
    expect((await fake.batch([identifyOf('u1')])).status).toBe(200);
    expect(performance.now() - start).toBeGreaterThan(50);
    expect(await fake.exists('u1')).toBe(true);
  });

  it.each([
    ['before', false],
    ['after', true],
  ])('break the connection %s it was applied', async (reset, applied) => {
    const fake = await startFake();
    await fake.faults([{ reset, times: 1 }]);
    expect(Error.isError(await failure(fake.batch([identifyOf('u1')])))).toBe(true);
    expect(await fake.exists('u1')).toBe(applied);
    expect(await fake.control('/requests')).toMatchObject([{ status: 0, items: 1 }]);
  });

  it('refuse items by index', async () => {
    const fake = await startFake();
    await fake.faults([{ rejectIndexes: [0, 2, 9] }]);
    const { status, body } = await read(fake.batch(['u1', 'u2', 'u3'].map((id) => identifyOf(id))));
    expect({ status, body }).toMatchObject({
      status: 207,
      body: { errors: [{ batch_index: 0 }, { batch_index: 2 }] },
    });
    expect((await fake.people()).map(({ id }) => id)).toEqual(['u2']);
  });

  it('refuse the items that name a person, groups included', async () => {
    const fake = await startFake();
    await fake.faults([{ match: { person: 'u2' }, rejectIndexes: 'matching' }]);
    const group = {
      type: 'object',
      identifiers: { object_type_id: '1', object_id: 'u9' },
      action: 'identify',
      cio_relationships: [{ identifiers: { id: 'u2' } }],
    };
    const { body } = await read(fake.batch([eventOf('u1', 'e'), eventOf('u2', 'e'), group]));
    expect(body).toMatchObject({ errors: [{ batch_index: 1 }, { batch_index: 2 }] });
    expect((await fake.batch([eventOf('u3', 'e')])).status).toBe(200);
  });

  it('meet requests by path, method and person', async () => {
    const fake = await startFake();
    await fake.faults([
      { match: { path: '/v2/batch' }, status: 500 },
      { match: { method: 'delete' }, status: 501 },
      { match: { person: 'a/b' }, status: 502 },
    ]);
    expect((await fake.batch([identifyOf('u1')])).status).toBe(500);
    expect((await fake.v1('DELETE', '/customers/u1')).status).toBe(501);
    expect((await fake.v1('PUT', '/customers/a%2Fb', {})).status).toBe(502);
    expect((await fake.entity(identifyOf('u1'))).status).toBe(200);
  });

  it('meet the share of requests that a rate says', async () => {
    const draws = [0.29, 0.3, 0.9, 0];
    const fake = await startFake({ random: () => draws.shift() ?? 1 });
    await fake.faults([{ rate: 0.3, status: 500 }]);
    const statuses: number[] = [];
    for (let at = 0; at < 4; at += 1) statuses.push((await fake.entity(identifyOf('u1'))).status);
    expect(statuses).toEqual([500, 200, 200, 500]);
  });

  it.each([
    [{}],
    [[7]],
    [[{ unknown: 1 }]],
    [[{ constructor: 1 }]],
    [[{ status: 99 }]],
    [[{ times: 0 }]],
    [[{ rate: 1.1 }]],
    [[{ body: 'xml' }]],
    [[{ delayMs: -1 }]],
    [[{ reset: 'during' }]],
    [[{ match: { url: '/v2' } }]],
    [[{ match: { path: 1 } }]],
    [[{ rejectIndexes: ['a'] }]],
    [[{ rejectIndexes: 'matching' }]],
    [[{ status: 500 }, { retryAfter: -1 }]],
    ['{'],
  ])('refuse the list %j as a whole', async (list) => {
    const fake = await startFake();
    expect(await read(fake.faults(list))).toEqual({ status: 400, body: { error: expect.any(String) } });
    expect(await fake.control('/faults')).toEqual([]);
  });

  it('are cleared', async () => {
    const fake = await startFake();
    await fake.faults([{ status: 500 }]);
    await fake.send('DELETE', `${fake.url}/_control/faults`);
    expect((await fake.batch([identifyOf('u1')])).status).toBe(200);
  });
});

describe('rate limit', () => {
  it('answers 429 with Retry-After until the window is over', async () => {
    let now = 10_000;
    const fake = await startFake({ rateLimit: { requests: 2, windowMs: 3000 }, now: () => now });
    const ask = async () => {
      const answer = await fake.entity(identifyOf('u1'));
      return [answer.status, answer.headers.get('retry-after')];
    };
    expect([await ask(), await ask()]).toEqual([
      [200, null],
      [200, null],
    ]);
    now += 500;
    expect(await ask()).toEqual([429, '3']);
    now += 2500;
    expect(await ask()).toEqual([200, null]);
    expect(fake.fake.stats()).toMatchObject({ requests: 4, rateLimited: 1 });
  });
});

describe('controls', () => {
  it('keep a journal, newest last, of the size that was set', async () => {
    const heard: unknown[] = [];
    const fake = await startFake({ journalSize: 2, now: () => 0, onRequest: (entry) => heard.push(entry) });
    await fake.client.identify('u1');
    await fake.batch([identifyOf('u1'), identifyOf('u2')]);
    await fake.batch([]);
    const at = '1970-01-01T00:00:00.000Z';
    const path = '/fake-customerio/track/api/v2/batch';
    expect(await fake.control('/requests')).toEqual([
      { at, method: 'POST', path, status: 200, items: 2 },
      { at, method: 'POST', path, status: 400, items: 0 },
    ]);
    expect(heard).toHaveLength(3);
  });

  it('tell the same counts as the library', async () => {
    const fake = await startFake();
    await fake.batch([identifyOf('u1'), eventOf('u1', 'e'), eventOf('u1', '')]);
    expect(await fake.control('/stats')).toEqual(fake.fake.stats());
    expect(fake.fake.stats()).toMatchObject({
      people: 1,
      requests: 1,
      operations: 2,
      identifies: 1,
      events: 1,
      refused: 1,
    });
  });

  it('reset people, journal, counts and faults', async () => {
    const fake = await startFake();
    await fake.batch([identifyOf('u1')]);
    await fake.faults([{ status: 500 }]);
    expect((await fake.send('DELETE', `${fake.url}/_control`)).status).toBe(200);
    expect([await fake.people(), await fake.control('/requests'), await fake.control('/faults')]).toEqual([
      [],
      [],
      [],
    ]);
    expect(fake.fake.stats()).toMatchObject({ people: 0, requests: 0 });
  });

  it('answer 404 in JSON to what they do not know', async () => {
    const fake = await startFake();
    expect(await read(fetch(`${fake.url}/_control/people/nobody`))).toMatchObject({ status: 404 });
    expect(await read(fetch(`${fake.url}/_control/nothing`))).toMatchObject({ status: 404 });
    for (const path of ['people/%zz', '%ff', 'webhooks/%zz']) {
      expect(await read(fetch(`${fake.url}/_control/${path}`))).toMatchObject({
        status: 400,
        body: { error: expect.stringContaining('the path has a %') },
      });
    }
  });
});
