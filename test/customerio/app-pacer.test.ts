import { afterEach, describe, expect, it } from '@jest/globals';
import { createAppClient } from '../../app/customerio/app-client.ts';
import { pacer } from '../../app/customerio/app-pacer.ts';
import { type RunningFake, startFakeCustomerIo } from '../../app/local/fake-customerio/fake-customerio.ts';

/** Most times that lie within any second, by a window that slides. */
const mostInASecond = (times: readonly number[]): number =>
  Math.max(...times.map((start) => times.filter((time) => time >= start && time < start + 1000).length));

describe('paced calls', () => {
  let at = 0;
  const world = {
    now: () => at,
    wait: async (ms: number) => {
      at += ms;
    },
  };

  it.each([0, 30, 117, 118, 300, 2_000])(
    'arrive at most ten in a second when one takes %i ms to arrive',
    async (ms) => {
      const arrivals: number[] = [];
      const paced = pacer(118, world);
      for (let count = 0; count < 40; count += 1) {
        await paced(async () => {
          at += count % 10 === 0 ? ms : 1;
          arrivals.push(at);
        });
      }
      expect(mostInASecond(arrivals)).toBeLessThanOrEqual(10);
    },
  );

  it('are not closer after a timer that was late', async () => {
    const begun: number[] = [];
    const late = { ...world, wait: (ms: number) => world.wait(ms + (begun.length === 1 ? 90 : 0)) };
    const paced = pacer(118, late);
    for (let count = 0; count < 4; count += 1) await paced(async () => begun.push(at));
    const gaps = begun.slice(1).map((time, index) => time - (begun[index] ?? 0));
    expect(gaps).toEqual([208, 118, 118]);
  });

  it('go on after one that failed', async () => {
    const paced = pacer(118, world);
    await expect(paced(() => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
    expect(await paced(async () => 1)).toBe(1);
  });
});

describe('the App API client against a limit of ten a second', () => {
  let fake: RunningFake;
  afterEach(() => fake.close());

  // By real timers: it is their jitter that is at stake.
  it('is never answered 429', async () => {
    const times: number[] = [];
    fake = await startFakeCustomerIo({ onRequest: (entry) => times.push(Date.parse(entry.at)) });
    const api = createAppClient({ apiKey: 'local', region: 'us', url: fake.appUrl });
    for (let count = 0; count < 60; count += 1) await api.webhooks();
    expect(fake.fake.stats()).toMatchObject({ requests: 60, rateLimited: 0 });
    expect(times.length).toBeGreaterThanOrEqual(59);
    expect(mostInASecond(times)).toBeLessThanOrEqual(10);
  }, 30_000);
});
