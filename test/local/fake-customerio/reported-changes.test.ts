import { describe, expect, it } from '@jest/globals';
import { identifyOf, read } from './fake-client.ts';
import { startReported } from './reported-fake.ts';
import { settle } from './webhook-receiver.ts';

const PREFS = 'cio_subscription_preferences';

/** What was reported after something was done, as `object_type/metric`. */
const reported = async (
  act: (fake: Awaited<ReturnType<typeof startReported>>['fake']) => Promise<unknown>,
) => {
  const { fake, receiver } = await startReported();
  await act(fake);
  await settle();
  return (await receiver.until(0)).map(({ event }) => `${event.object_type}/${event.metric}`);
};

describe('a change of unsubscribed', () => {
  it.each([
    [[true], ['unsubscribed']],
    [['TRUE', '1', 1, true], ['unsubscribed']],
    [
      [true, false],
      ['unsubscribed', 'subscribed'],
    ],
    [
      [true, ''],
      ['unsubscribed', 'subscribed'],
    ],
    [[false, 'no', null, 0], []],
    [
      [true, true, false, false, true],
      ['unsubscribed', 'subscribed', 'unsubscribed'],
    ],
  ])('through %j is reported once each: %j', async (values, metrics) => {
    const found = await reported(async (fake) => {
      for (const unsubscribed of values) await fake.client.identify('u1', { unsubscribed });
    });
    expect(found).toEqual(metrics.map((metric) => `customer/${metric}`));
  });

  it('is reported of v2 batches and e-mail addresses too, but not when it is older than what is there', async () => {
    const found = await reported(async (fake) => {
      const person = { type: 'person', identifiers: { email: 'a@b.c' }, action: 'identify' };
      await fake.batch([{ ...person, attributes: { unsubscribed: true }, timestamp: 200 }]);
      await fake.batch([{ ...person, attributes: { unsubscribed: false }, timestamp: 100 }]);
    });
    expect(found).toEqual(['customer/unsubscribed']);
  });

  it('is not reported of suppressed people', async () => {
    const found = await reported(async (fake) => {
      await fake.client.suppress('u1');
      await fake.client.identify('u1', { unsubscribed: true });
    });
    expect(found).toEqual([]);
  });
});

describe('a change of preferences', () => {
  const changed = `customer/${PREFS}_changed`;

  it('is reported when they are others than before', async () => {
    const found = await reported(async (fake) => {
      await fake.batch([identifyOf('u1', { [PREFS]: { topics: { topic_1: true } }, name: 'A' })]);
      await fake.batch([identifyOf('u1', { [PREFS]: { topics: { topic_1: true } }, name: 'B' })]);
      await fake.batch([identifyOf('u1', { [`${PREFS}.topics.topic_1`]: true })]);
      await fake.batch([identifyOf('u1', { name: 'C' })]);
      await fake.client.identify('u1', { [`${PREFS}.topics.topic_1`]: false });
    });
    expect(found).toEqual([changed, changed]);
  });

  it('is not reported of nothing that becomes nothing', async () => {
    expect(await reported((fake) => fake.client.identify('u1', { [PREFS]: '' }))).toEqual([]);
  });
});

const delivery = { type: 'email', person: 'u1', delivery_id: 'd/1==', metrics: { sent: 100 } };

describe('metrics that mail clients and devices tell', () => {
  it('mark the delivery and are reported, without credentials', async () => {
    const { fake, receiver } = await startReported();
    await fake.command('/deliveries', delivery);
    const metric = { delivery_id: 'd/1==', metric: 'bounced', timestamp: 300, reason: '550' };
    const answer = fetch(`${fake.trackUrl}/metrics`, { method: 'POST', body: JSON.stringify(metric) });
    expect(await read(answer)).toEqual({ status: 200, body: {} });
    const [received] = await receiver.until(1);
    expect(received?.event).toMatchObject({
      object_type: 'email',
      metric: 'bounced',
      timestamp: 300,
      data: { delivery_id: 'd/1==', customer_id: 'u1', failure_message: '550' },
    });
    expect(await fake.control('/deliveries')).toMatchObject([
      { metrics: { sent: 100, bounced: 300 }, failure_message: '550' },
    ]);
  });

  it('are told by the official client and by v2 as well', async () => {
    const found = await reported(async (fake) => {
      await fake.command('/deliveries', { ...delivery, type: 'push' });
      await fake.client.trackPush({ delivery_id: 'd/1==', event: 'opened', device_id: 'tok' });
      await fake.client.reportMetric({ delivery_id: 'd/1==', metric: 'converted' });
      const identifiers = { id: 'd/1==' };
      const event = { type: 'delivery', action: 'event', name: 'delivered', identifiers };
      await fake.batch([{ ...event, attributes: { device_token: 'tok' } }]);
    });
    expect(found).toEqual(['push/opened', 'push/converted', 'push/delivered']);
  });

  it('of an unknown delivery are taken and come to nothing', async () => {
    const found = await reported(async (fake) => {
      await fake.client.reportMetric({ delivery_id: 'unknown', metric: 'opened' });
    });
    expect(found).toEqual([]);
  });

  it.each([
    ['/metrics', { metric: 'opened' }],
    ['/metrics', { delivery_id: 'd/1==', metric: 'replied' }],
    ['/metrics', { delivery_id: 'd/1==' }],
    ['/push/events', { delivery_id: 'd/1==', event: 'clicked' }],
    ['/push/events', '{'],
  ])('are refused by %s: %j', async (path, body) => {
    const { fake } = await startReported();
    await fake.command('/deliveries', delivery);
    expect(await read(fake.v1('POST', path, body))).toMatchObject({
      status: 400,
      body: { meta: { errors: [expect.any(String)] } },
    });
  });
});

describe('unsubscribe', () => {
  it('is reported of the delivery and of the person, once', async () => {
    const found = await reported(async (fake) => {
      await fake.client.identify('u1', { email: 'a@b.c' });
      await fake.command('/deliveries', delivery);
      await fake.client.unsubscribe('d/1==');
      expect((await fake.person('u1')).attributes).toMatchObject({ unsubscribed: true });
      await fake.client.unsubscribe('d/1==', false);
      expect((await fake.person('u1')).attributes).toMatchObject({ unsubscribed: false });
    });
    expect(found).toEqual(['email/unsubscribed', 'customer/unsubscribed', 'customer/subscribed']);
  });

  it('makes nobody, and refuses a delivery that is not known', async () => {
    const { fake } = await startReported();
    await fake.command('/deliveries', delivery);
    await fake.client.unsubscribe('d/1==');
    expect(await fake.people()).toEqual([]);
    await expect(fake.client.unsubscribe('other')).rejects.toMatchObject({ statusCode: 400 });
  });
});
