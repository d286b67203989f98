import { describe, expect, it } from '@jest/globals';
import { identifyOf, startFake } from './fake-client.ts';
import { OPENED, startReported } from './reported-fake.ts';
import { KEY, settle, startReceiver } from './webhook-receiver.ts';

/** Required fields beside the common ones, as the contract lists them in section 7.2. */
const REQUIRED: readonly (readonly [objectType: string, metrics: string, fields: string])[] = [
  ['email', 'drafted sent delivered converted unsubscribed spammed', 'subject recipient'],
  ['email', 'opened', 'recipient'],
  ['email', 'clicked', 'recipient href link_id'],
  ['email', 'bounced dropped undeliverable', 'subject recipient failure_message'],
  ['email', 'failed', 'subject failure_message'],
  ['email', 'attempted', 'failure_message'],
  ['push', 'attempted failed undeliverable', 'failure_message'],
  ['push', 'sent delivered opened converted bounced dropped', 'recipients'],
  ['push', 'clicked', 'href link_id recipients'],
  ['sms', 'sent delivered converted', 'recipient'],
  ['sms', 'clicked', 'recipient href link_id'],
  ['sms', 'bounced', 'recipient failure_message'],
  ['sms', 'attempted failed undeliverable', 'failure_message'],
  ['sms', 'replied', 'inbound_event_id to recipient'],
  ['whatsapp', 'opened', 'recipient'],
  ['whatsapp', 'dropped', 'recipient failure_message'],
  ['in_app', 'sent converted', 'recipient'],
  ['in_app', 'clicked', 'recipient href link_id'],
  ['in_app', 'attempted failed undeliverable', 'failure_message'],
  ['slack', 'sent', 'recipient'],
  ['webhook', 'clicked', 'recipient href link_id'],
  ['webhook', 'attempted failed undeliverable', 'failure_message'],
  ['push', 'drafted', ''],
  ['in_app', 'drafted opened', ''],
];
const PAIRS = REQUIRED.flatMap(([objectType, metrics, fields]) =>
  metrics.split(' ').map((metric) => [objectType, metric, fields.split(' ').filter(Boolean)] as const),
);

describe('the data of an event', () => {
  it.each(PAIRS)('of %s %s have what is required', async (objectType, metric, fields) => {
    const fake = await startFake();
    const { data } = await fake.emit({ object_type: objectType, metric, person: 'u1' });
    expect(data).toMatchObject({ campaign_id: 1, action_id: 1, delivery_id: expect.any(String) });
    for (const field of fields) expect(data).toHaveProperty(field);
    expect(Object.values(data)).not.toContain(undefined);
  });

  it('name the person with every identifier that the fake knows', async () => {
    const fake = await startFake();
    await fake.client.identify('u1', { email: 'a@b.c', phone: '+15550000009' });
    const { cio_id } = await fake.person('u1');
    const identifiers = { id: 'u1', email: 'a@b.c', cio_id, phone: '+15550000009' };
    for (const person of ['u1', 'a@b.c', cio_id]) {
      const { data } = await fake.emit({ ...OPENED, person });
      expect(data).toMatchObject({ customer_id: 'u1', identifiers, recipient: 'a@b.c' });
    }
    const sms = await fake.emit({ object_type: 'sms', metric: 'sent', person: 'u1' });
    expect(sms.data['recipient']).toBe('+15550000009');
    const stranger = await fake.emit({ ...OPENED, person: 'nobody' });
    expect(stranger.data).toMatchObject({ customer_id: 'nobody', identifiers: { id: 'nobody' } });
  });

  it('name the devices of a push message', async () => {
    const fake = await startFake();
    await fake.client.addDevice('u1', 'tok', 'android');
    const { data } = await fake.emit({ object_type: 'push', metric: 'bounced', person: 'u1' });
    expect(data['recipients']).toEqual([
      { device_id: 'tok', device_platform: 'android', failure_message: expect.any(String) },
    ]);
  });

  it.each([
    [{ broadcast_id: 2 }, { broadcast_id: 2, trigger_id: 1, action_id: 1 }],
    [{ newsletter_id: 3 }, { newsletter_id: 3, content_id: 1 }],
    [{ transactional_message_id: 4 }, { transactional_message_id: 4 }],
  ])('are of the origin %j and no other', async (given, expected) => {
    const fake = await startFake();
    const { data } = await fake.emit({ ...OPENED, data: given });
    expect(data).toMatchObject(expected);
    expect(data).not.toHaveProperty('campaign_id');
  });

  it('give way to what the caller gives, and keep a delivery together', async () => {
    const fake = await startFake();
    const given = { delivery_id: 'd-1', newsletter_id: 9, recipient: 'x@y.z', subject: 'Mine' };
    await fake.emit({ object_type: 'email', metric: 'sent', person: 'u1', data: given });
    const later = await fake.emit({ ...OPENED, data: { delivery_id: 'd-1', prefetched: true } });
    expect(later.data).toMatchObject({ ...given, prefetched: true });
    expect(later.data).not.toHaveProperty('campaign_id');
  });

  it('of a customer have no delivery and no origin', async () => {
    const fake = await startFake();
    await fake.client.identify('u1', { email: 'a@b.c' });
    const { cio_id } = await fake.person('u1');
    const { data } = await fake.emit({ object_type: 'customer', metric: 'unsubscribed', person: 'u1' });
    const identifiers = { id: 'u1', email: 'a@b.c', cio_id };
    expect(data).toEqual({ customer_id: 'u1', email_address: 'a@b.c', identifiers });
    expect(fake.fake.stats().deliveries).toBe(0);
  });

  it('of a pair that is not documented are the common ones', async () => {
    const { fake, receiver } = await startReported();
    await fake.emit({ object_type: 'fax', metric: 'constructor', person: 'u1' });
    const [received] = await receiver.until(1);
    expect(received?.event).toMatchObject({ object_type: 'fax', data: { delivery_id: expect.any(String) } });
  });
});

const pairsOf = async (events: readonly string[] | undefined, emitted: readonly string[]) => {
  const receiver = await startReceiver();
  const fake = await startFake({
    webhooks: [{ endpoint: receiver.endpoint, signingKey: KEY, ...(events && { events }) }],
  });
  for (const pair of emitted) {
    const [object_type, metric] = pair.split('/');
    await fake.emit({ object_type, metric, person: 'u1' });
  }
  await settle();
  return (await receiver.until(0)).map(({ event }) => `${event.object_type}/${event.metric}`);
};

describe('a webhook is sent', () => {
  it('for the events of its configuration only, topics under another name', async () => {
    const changed = 'cio_subscription_preferences_changed';
    const emitted = ['email/opened', 'email/sent', 'sms/opened', `customer/${changed}`, `email/${changed}`];
    const events = ['email_opened', 'customer_subscription_preferences_changed'];
    expect(await pairsOf(events, emitted)).toEqual([
      'email/opened',
      `customer/${changed}`,
      `email/${changed}`,
    ]);
    expect(await pairsOf(['customer_unsubscribed'], emitted)).toEqual([]);
    expect(await pairsOf(undefined, emitted)).toEqual(emitted);
  });

  it.each([
    [false, ['sent', 'opened', 'clicked', 'sent', 'opened']],
    [true, ['sent', 'opened', 'opened', 'clicked', 'clicked', 'sent', 'opened']],
  ])('for repeated opens and clicks of a delivery: %s', async (fullResolution, metrics) => {
    const receiver = await startReceiver();
    const webhook = { endpoint: receiver.endpoint, signingKey: KEY, full_resolution: fullResolution };
    const fake = await startFake({ webhooks: [webhook] });
    for (const metric of ['sent', 'opened', 'opened', 'clicked', 'clicked', 'sent'])
      await fake.emit({ object_type: 'email', metric, person: 'u1', data: { delivery_id: 'd-1' } });
    await fake.emit({ ...OPENED, data: { delivery_id: 'd-2' } });
    await receiver.until(metrics.length);
    await settle();
    expect(receiver.received.map(({ event }) => event.metric)).toEqual(metrics);
  });

  it('with content and headers where it asks for them', async () => {
    const [plain, full] = [await startReceiver(), await startReceiver()];
    const webhooks = [
      { endpoint: plain.endpoint, signingKey: KEY },
      { endpoint: full.endpoint, signingKey: KEY, with_content: true },
    ];
    const fake = await startFake({ webhooks });
    await fake.emit({ object_type: 'email', metric: 'sent', person: 'u1', data: { content: '<p>Hi</p>' } });
    const preferences = { cio_subscription_preferences: { topics: { topic_1: true } } };
    await fake.batch([identifyOf('u1', preferences)]);
    const [sent, changed] = await full.until(2);
    expect(sent?.event.data).toMatchObject({ content: '<p>Hi</p>', headers: { 'X-Fake': ['1'] } });
    expect(changed?.event.data['content']).toBe('{"topics":{"topic_1":true}}');
    for (const { event } of await plain.until(2)) {
      expect(event.data).not.toHaveProperty('content');
      expect(event.data).not.toHaveProperty('headers');
    }
    expect(plain.received[0]?.event.event_id).toBe(sent?.event.event_id);
  });
});
