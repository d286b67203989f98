import { describe, expect, it } from '@jest/globals';
import { read, startFake } from './fake-client.ts';
import { FAST, ids, OPENED, startReported } from './reported-fake.ts';
import { eventually, KEY, settle, startReceiver } from './webhook-receiver.ts';

describe('a webhook', () => {
  it('is one signed JSON object, of the event that the control has told', async () => {
    const { fake, receiver } = await startReported();
    const event = await fake.emit({ ...OPENED, timestamp: 1_760_000_000 });
    const [received] = await receiver.until(1);
    expect(received?.event).toEqual(event);
    expect(event).toMatchObject({ object_type: 'email', metric: 'opened', timestamp: 1_760_000_000 });
    expect(event.event_id).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
    expect(Math.abs(Number(received?.signedAt) - Date.now() / 1000)).toBeLessThan(5);
    await eventually(() => fake.fake.stats().webhooksSent === 1);
  });

  it('follows the others of its endpoint in order, none of them twice', async () => {
    const { fake, receiver } = await startReported();
    const sent: string[] = [];
    for (let at = 0; at < 30; at += 1) sent.push((await fake.emit(OPENED)).event_id);
    expect(ids(await receiver.until(30))).toEqual(sent);
    await eventually(() => fake.fake.stats().webhooksSent === 30);
    expect(receiver.received).toHaveLength(30);
  });

  it('goes to an endpoint whose address is not known at the start', async () => {
    let endpoint = 'not yet';
    const receiver = await startReceiver();
    const fake = await startFake({ webhooks: [{ endpoint: () => endpoint, signingKey: KEY }] });
    endpoint = receiver.endpoint;
    await fake.emit(OPENED);
    await receiver.until(1);
    expect((await fake.endpoints())[0]?.endpoint).toBe(receiver.endpoint);
  });
});

describe('a failed webhook', () => {
  const hour = [400, 401, 402, 403, 404, 405, 410, 429, 500, 502, 521, 'end', 'reset'] as const;
  it.each(hour)('is retried an hour after %s', async (reaction) => {
    const { fake, blockedSeconds } = await startReported(() => reaction, { now: () => 0 });
    await fake.emit(OPENED);
    const seconds = await blockedSeconds();
    expect(seconds).toBeGreaterThan(3590);
    expect(seconds).toBeLessThanOrEqual(3600);
  });

  it.each([302, 408, 501, 503, 504, 'hang'] as const)('is retried soon after %s', async (reaction) => {
    const options = { now: () => 0, webhookSending: { timeoutMs: 40 } };
    const { fake, blockedSeconds } = await startReported(() => reaction, options);
    await fake.emit(OPENED);
    const seconds = await blockedSeconds();
    expect(seconds).toBeGreaterThan(5);
    expect(seconds).toBeLessThanOrEqual(10);
  });

  it('is retried an hour after a refused connection and after a TLS error', async () => {
    const closed = await startReceiver();
    const plain = await startReceiver();
    await closed.close();
    const endpoints = [closed.endpoint, plain.endpoint.replace('http:', 'https:')];
    const webhooks = endpoints.map((endpoint) => ({ endpoint, signingKey: KEY }));
    const fake = await startFake({ now: () => 0, webhooks });
    await fake.emit(OPENED);
    await eventually(async () => (await fake.endpoints()).every((one) => one.blocked_until !== null));
    const views = await fake.endpoints();
    expect(views[0]?.last).toBe('ECONNREFUSED');
    for (const { blocked_until: until } of views) expect(Date.parse(until ?? '')).toBeGreaterThan(3_590_000);
  });

  it('has a time-out of 4 seconds', async () => {
    const { fake } = await startReported();
    expect(await fake.control('/webhooks')).toMatchObject({ timeoutMs: 4000 });
  });

  it('waits longer each time, with the same event_id and body', async () => {
    const { fake, receiver, endpoint } = await startReported((_event, attempt) => (attempt < 6 ? 503 : 200), {
      timeScale: 2000,
    });
    const { event_id: id } = await fake.emit(OPENED);
    const started = performance.now();
    const received = await receiver.until(6);
    // 10 + 20 + 40 + 80 + 160 seconds, of which 2000 pass in one.
    expect(performance.now() - started).toBeGreaterThan(150);
    expect(new Set(ids(received))).toEqual(new Set([id]));
    expect(new Set(received.map(({ raw }) => raw)).size).toBe(1);
    await eventually(async () => (await endpoint()).sent === 1);
    expect(await endpoint()).toMatchObject({ failed: 5, waiting: 0, last: '200', blocked_until: null });
  });

  it('holds back the later ones of its endpoint, and of no other', async () => {
    const blocked = await startReceiver((_event, attempt) => (attempt === 1 ? 500 : 200));
    const free = await startReceiver();
    const webhooks = [blocked, free].map(({ endpoint }) => ({ endpoint, signingKey: KEY }));
    const fake = await startFake({ webhooks });
    const sent: string[] = [];
    for (let at = 0; at < 3; at += 1) sent.push((await fake.emit(OPENED)).event_id);
    expect(ids(await free.until(3))).toEqual(sent);
    await settle();
    expect(ids(blocked.received)).toEqual(sent.slice(0, 1));
    expect(await fake.endpoints()).toMatchObject([
      { waiting: 3, sent: 0, failed: 1 },
      { waiting: 0, sent: 3, failed: 0 },
    ]);
    // The hour that it waits passes at once, at the scale that is set now.
    expect(await read(fake.command('/clock', { scale: FAST }))).toEqual({
      status: 200,
      body: { scale: FAST },
    });
    expect(ids(await blocked.until(4))).toEqual([sent[0], ...sent]);
  });

  it('is given up after seven days, and the next one is sent', async () => {
    let bad = '';
    const { fake, receiver, endpoint } = await startReported(
      (event) => (event.event_id === bad ? 500 : 200),
      {
        timeScale: FAST,
      },
    );
    await fake.command('/clock', { scale: 1 });
    await fake.command('/webhooks/settings', { timeoutMs: 1000 });
    const first = await fake.emit(OPENED);
    bad = first.event_id;
    await eventually(async () => (await endpoint()).sent + (await endpoint()).failed === 1);
    const failing = await fake.emit(OPENED);
    bad = failing.event_id;
    const next = await fake.emit(OPENED);
    await fake.command('/clock', { scale: FAST });
    await eventually(() => ids(receiver.received).includes(next.event_id));
    expect(await endpoint()).toMatchObject({ expired: 1, waiting: 0 });
    expect(fake.fake.stats()).toMatchObject({ webhooksDropped: 1 });
    const attempts = ids(receiver.received).filter((id) => id === failing.event_id).length;
    // An hour, doubled to twelve, over seven days: 5 doublings and some 13 waits of twelve hours.
    expect(attempts).toBeGreaterThan(8);
    expect(attempts).toBeLessThanOrEqual(19);
  });

  it.each([
    ['renewed', [100, 200]],
    ['original', [100, 100]],
  ])('is signed again with a time that is %s', async (retrySignature, times) => {
    let now = 100_000;
    const { fake, receiver } = await startReported((_event, attempt) => (attempt === 1 ? 503 : 200), {
      now: () => now,
      timeScale: 1,
    });
    await fake.command('/webhooks/settings', { retrySignature });
    await fake.emit(OPENED);
    await receiver.until(1);
    now = 200_000;
    await fake.command('/clock', { scale: FAST });
    expect((await receiver.until(2)).map(({ signedAt }) => signedAt)).toEqual(times);
  });
});
