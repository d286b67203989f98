import { describe, expect, it } from '@jest/globals';
import { APIClient } from 'customerio-node';
import { read, startFake } from './fake-client.ts';
import { eventually, KEY, type Reaction, settle, startReceiver } from './webhook-receiver.ts';

const WEBHOOK = { name: 'mine', endpoint: 'http://127.0.0.1:9/hook', events: ['email_opened'] };
const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });

describe('the App API', () => {
  it.each([
    ['no key', {}],
    ['a wrong key', bearer('other')],
    ['a wrong scheme', { headers: { authorization: 'Basic local' } }],
  ])('answers 401 to %s, without WWW-Authenticate', async (_name, init) => {
    const fake = await startFake();
    const answer = await fetch(`${fake.appUrl}/messages`, init);
    expect(answer.headers.get('www-authenticate')).toBeNull();
    expect(await read(answer)).toEqual({ status: 401, body: { meta: { error: 'Unauthorized request' } } });
  });

  it('takes the key that it was given', async () => {
    const fake = await startFake({ appKey: 'k' });
    const app = new APIClient('k', { url: fake.appUrl, retry: { maxRetries: 0 } });
    expect(await app.listReportingWebhooks()).toEqual({ reporting_webhooks: [] });
    await expect(fake.app.listReportingWebhooks()).rejects.toMatchObject({ statusCode: 401 });
  });

  it.each([
    ['POST', '/send/email'],
    ['GET', '/campaigns'],
    ['PATCH', '/reporting_webhooks/1'],
    ['HEAD', '/messages'],
    ['OPTIONS', '/messages'],
  ])('answers an HTML 404 to %s %s', async (method, path) => {
    const fake = await startFake();
    const answer = await fetch(`${fake.appUrl}${path}`, { method });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
  });

  it('takes 10 requests in a second, then answers 429 with Retry-After', async () => {
    let now = 5000;
    const fake = await startFake({ now: () => now });
    const ask = () => fetch(`${fake.appUrl}/messages`, bearer('local'));
    const statuses = await Promise.all(Array.from({ length: 10 }, async () => (await ask()).status));
    expect(new Set(statuses)).toEqual(new Set([200]));
    const answer = await ask();
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await read(answer)).toEqual({
      status: 429,
      body: {
        errors: [{ detail: expect.stringMatching(/^rate limited to 10 requests per 1s /), status: '429' }],
      },
    });
    // The Track API has a limit of its own.
    await fake.client.identify('u1');
    now += 1000;
    expect((await ask()).status).toBe(200);
    expect(fake.fake.stats()).toMatchObject({ rateLimited: 1 });
  });

  it('has the limit that was set, or none', async () => {
    const fake = await startFake({ appRateLimit: false, now: () => 0 });
    for (let at = 0; at < 12; at += 1) await fake.app.getMessages();
    expect(fake.fake.stats()).toMatchObject({ rateLimited: 0, requests: 12 });
  });

  it('meets scripted faults in its own shape, and is in the journal', async () => {
    const fake = await startFake();
    await fake.faults([{ match: { path: '/app/' }, status: 500 }]);
    const answer = read(fetch(`${fake.appUrl}/messages?limit=1`, bearer('local')));
    expect(await answer).toMatchObject({ status: 500, body: { errors: [{ status: '500' }] } });
    await fake.client.identify('u1');
    expect(await fake.control('/requests')).toMatchObject([
      { method: 'GET', path: '/fake-customerio/app/v1/messages', status: 500 },
      { status: 200 },
    ]);
  });
});

describe('reporting webhooks', () => {
  it('are made, read, changed and deleted', async () => {
    const fake = await startFake();
    const flags = { disabled: false, full_resolution: false, with_content: false };
    const made = await fake.app.createReportingWebhook(WEBHOOK);
    expect(made).toEqual({ id: 1, type: 'webhook', ...WEBHOOK, ...flags });
    expect(await fake.app.getReportingWebhook(1)).toEqual(made);
    const change = { ...WEBHOOK, name: 'other', with_content: true };
    const changed = await fake.app.updateReportingWebhook(1, change);
    expect(changed).toEqual({ ...made, name: 'other', with_content: true });
    expect(await fake.app.listReportingWebhooks()).toEqual({ reporting_webhooks: [changed] });
    await fake.app.deleteReportingWebhook(1);
    expect(await fake.app.listReportingWebhooks()).toEqual({ reporting_webhooks: [] });
  });

  it.each(['get', 'put', 'delete'])('answer 404 to %s of one that is not there', async (method) => {
    const fake = await startFake();
    const init = { ...bearer('local'), method, ...(method === 'put' && { body: JSON.stringify(WEBHOOK) }) };
    for (const id of ['7', 'x', 'constructor'])
      expect(await read(fetch(`${fake.appUrl}/reporting_webhooks/${id}`, init))).toMatchObject({
        status: 404,
        body: { errors: [{ status: '404' }] },
      });
  });

  it.each([
    [{ name: '' }, 'name'],
    [{ name: undefined }, 'name'],
    [{ endpoint: 'nowhere' }, 'endpoint'],
    [{ endpoint: 'ftp://example.com' }, 'endpoint'],
    [{ events: [] }, 'events'],
    [{ events: 'email_opened' }, 'events'],
    [{ events: ['email_opened', 'email_read'] }, 'email_read'],
    [{ events: ['cio_subscription_preferences_changed'] }, 'cio_subscription_preferences_changed'],
    [{ disabled: 'no' }, 'disabled'],
  ])('answer 400 to %j', async (part, named) => {
    const fake = await startFake();
    await fake.app.createReportingWebhook(WEBHOOK);
    const body = JSON.stringify({ ...WEBHOOK, ...part });
    for (const [method, path] of [
      ['POST', ''],
      ['PUT', '/1'],
    ] as const) {
      const init = { ...bearer('local'), method, body };
      expect(await read(fetch(`${fake.appUrl}/reporting_webhooks${path}`, init))).toEqual({
        status: 400,
        body: { errors: [{ detail: expect.stringContaining(named), status: '400' }] },
      });
    }
    expect(await fake.app.listReportingWebhooks()).toMatchObject({ reporting_webhooks: [WEBHOOK] });
  });

  it('are sent to once they are there, under the key of the workspace', async () => {
    const receiver = await startReceiver();
    receiver.expectKey('local-signing-key');
    const fake = await startFake();
    await fake.app.createReportingWebhook({ ...WEBHOOK, endpoint: receiver.endpoint });
    await fake.emit({ object_type: 'email', metric: 'sent', person: 'u1' });
    await fake.emit({ object_type: 'email', metric: 'opened', person: 'u1' });
    expect((await receiver.until(1)).map(({ event }) => event.metric)).toEqual(['opened']);
  });

  it('send nothing while they are disabled, and discard what waited', async () => {
    const receiver = await startReceiver(() => 500);
    const fake = await startFake({ webhooks: [{ endpoint: receiver.endpoint, signingKey: KEY }] });
    const event = { object_type: 'email', metric: 'opened', person: 'u1' };
    await fake.emit(event);
    await eventually(async () => (await fake.endpoints())[0]?.failed === 1);
    const { reporting_webhooks: [webhook] = [] } = await fake.app.listReportingWebhooks();
    await fake.app.updateReportingWebhook(1, { ...webhook, disabled: true });
    await fake.emit(event);
    await fake.command('/clock', { scale: 1_000_000 });
    await settle();
    expect(receiver.received).toHaveLength(1);
    expect(await fake.endpoints()).toMatchObject([{ waiting: 0, discarded: 1, blocked_until: null }]);
  });

  it('forget a call that was under way when they were disabled', async () => {
    let reaction: Reaction = 'hang';
    const receiver = await startReceiver(() => reaction);
    const fake = await startFake({ webhooks: [{ endpoint: receiver.endpoint, signingKey: KEY }] });
    const event = { object_type: 'email', metric: 'opened', person: 'u1' };
    await fake.emit(event);
    await receiver.until(1);
    reaction = 200;
    const changed = { ...WEBHOOK, endpoint: receiver.endpoint };
    await fake.app.updateReportingWebhook(1, { ...changed, disabled: true });
    await fake.app.updateReportingWebhook(1, { ...changed, disabled: false });
    const { event_id: id } = await fake.emit(event);
    expect((await receiver.until(2))[1]?.event.event_id).toBe(id);
    await eventually(async () => (await fake.endpoints())[0]?.sent === 1);
    expect(await fake.endpoints()).toMatchObject([{ waiting: 0, failed: 0, discarded: 1 }]);
  });

  it('of the start can be changed: events, too', async () => {
    const receiver = await startReceiver();
    const fake = await startFake({ webhooks: [{ endpoint: receiver.endpoint, signingKey: KEY }] });
    await fake.app.updateReportingWebhook(1, { ...WEBHOOK, endpoint: receiver.endpoint });
    await fake.emit({ object_type: 'email', metric: 'sent', person: 'u1' });
    await fake.emit({ object_type: 'email', metric: 'opened', person: 'u1' });
    expect((await receiver.until(1)).map(({ event }) => event.metric)).toEqual(['opened']);
  });

  it('send what waits to an endpoint that was changed', async () => {
    const [broken, working] = [await startReceiver(() => 404), await startReceiver()];
    const fake = await startFake({ webhooks: [{ endpoint: broken.endpoint, signingKey: KEY }] });
    await fake.emit({ object_type: 'email', metric: 'opened', person: 'u1' });
    await eventually(async () => (await fake.endpoints())[0]?.failed === 1);
    await fake.app.updateReportingWebhook(1, { ...WEBHOOK, endpoint: working.endpoint });
    await fake.command('/clock', { scale: 1_000_000 });
    await working.until(1);
  });

  it('that were made are gone after a reset; those of the start are as they were', async () => {
    const fake = await startFake({ webhooks: [{ endpoint: WEBHOOK.endpoint, signingKey: KEY }] });
    const before = await fake.app.listReportingWebhooks();
    await fake.app.createReportingWebhook(WEBHOOK);
    await fake.app.updateReportingWebhook(1, { ...WEBHOOK, name: 'changed' });
    fake.fake.reset();
    expect(await fake.app.listReportingWebhooks()).toEqual(before);
  });
});

describe('messages', () => {
  const deliveries = [
    { type: 'email', person: 'u1', delivery_id: 'a', metrics: { sent: 100, delivered: 110 } },
    { type: 'sms', person: 'u1', delivery_id: 'b', metrics: { sent: 200 } },
    { type: 'email', person: 'u2', delivery_id: 'c', metrics: { sent: 300 }, data: { newsletter_id: 7 } },
    { type: 'push', person: 'u2', delivery_id: 'd', metrics: { drafted: 400 } },
  ];
  const start = async () => {
    const fake = await startFake({ appRateLimit: false });
    for (const delivery of deliveries) await fake.command('/deliveries', delivery);
    const idsOf = async (options: Parameters<typeof fake.app.getMessages>[0]) =>
      ((await fake.app.getMessages(options))['messages'] as { id: string }[]).map(({ id }) => id).join('');
    return { fake, idsOf };
  };

  it.each([
    [{}, 'cba'],
    [{ metric: 'delivered' }, 'a'],
    [{ metric: 'constructor' }, ''],
    [{ type: 'email' as const }, 'ca'],
    [{ type: 'twilio' as const }, 'b'],
    [{ start_ts: 200 }, 'cb'],
    [{ end_ts: 200 }, 'ba'],
    [{ start_ts: 150, end_ts: 250 }, 'b'],
    [{ newsletter_id: 7 }, 'c'],
    [{ drafts: true }, 'd'],
  ])('that meet %j are %s', async (options, ids) => {
    const { idsOf } = await start();
    expect(await idsOf(options)).toBe(ids);
  });

  it('come in pages, which new ones do not shift', async () => {
    const { fake } = await start();
    const first = await fake.app.getMessages({ limit: 2 });
    expect(first).toMatchObject({ messages: [{ id: 'c' }, { id: 'b' }], next: expect.stringMatching(/./) });
    await fake.command('/deliveries', { type: 'email', person: 'u3', delivery_id: 'e' });
    const second = await fake.app.getMessages({ limit: 2, start: first['next'] });
    expect(second).toMatchObject({ messages: [{ id: 'a' }], next: '' });
    expect(second['messages']).toHaveLength(1);
  });

  it.each(['limit=0', 'limit=x', 'start=x', 'start_ts=x', 'end_ts=-1'])('answer 400 to %s', async (query) => {
    const fake = await startFake();
    expect(await read(fetch(`${fake.appUrl}/messages?${query}`, bearer('local')))).toMatchObject({
      status: 400,
      body: { errors: [{ status: '400' }] },
    });
  });

  it('have a metric for each event, whether its webhook arrived or was lost', async () => {
    const receiver = await startReceiver();
    const fake = await startFake({ webhooks: [{ endpoint: receiver.endpoint, signingKey: KEY }] });
    await fake.client.identify('u1', { email: 'a@b.c' });
    const sent = await fake.emit({ object_type: 'email', metric: 'sent', person: 'u1', timestamp: 100 });
    const id = String(sent.data['delivery_id']);
    const about = { object_type: 'email', person: 'u1', data: { delivery_id: id } };
    await fake.emit({ ...about, metric: 'delivered', timestamp: 110, lose: true });
    await fake.emit({ ...about, metric: 'opened', timestamp: 120 });
    await fake.emit({ ...about, metric: 'opened', timestamp: 130 });
    await receiver.until(2);
    expect(receiver.received.map(({ event }) => event.metric)).toEqual(['sent', 'opened']);
    expect(await fake.app.getMessage(id)).toMatchObject({
      message: {
        id,
        type: 'email',
        customer_id: 'u1',
        recipient: 'a@b.c',
        campaign_id: 1,
        created: 100,
        metrics: { sent: 100, delivered: 110, opened: 120 },
      },
    });
  });

  it('are bounded, and answer 404 to those that are not known', async () => {
    const fake = await startFake({ deliveriesSize: 2 });
    for (const delivery of deliveries.slice(0, 3)) await fake.command('/deliveries', delivery);
    await expect(fake.app.getMessage('a')).rejects.toMatchObject({ statusCode: 404 });
    expect(await fake.app.getMessage('b')).toMatchObject({ message: { type: 'twilio' } });
    expect(fake.fake.stats().deliveries).toBe(2);
  });
});
