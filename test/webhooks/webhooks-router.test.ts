import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { BodyBudget } from '../../app/runtime/http/body-budget.ts';
import { SAMPLES } from './documented.ts';
import {
  expectWritable,
  KEY,
  NOW,
  recovered,
  signed,
  startWebhooks,
  type WebhookServer,
} from './webhook-server.ts';

const [SAMPLE] = SAMPLES;
const TEXT = SAMPLE?.text ?? '';

let server: WebhookServer;
beforeEach(async () => {
  server = await startWebhooks();
});
afterEach(async () => {
  expectWritable(server.stream);
  await server.close();
});

const restart = async (...how: Parameters<typeof startWebhooks>): Promise<void> => {
  await server.close();
  server = await startWebhooks(...how);
};

/** The only line that was logged, without what differs from run to run. */
const line = (): Record<string, unknown> => {
  expect(server.logger.lines).toHaveLength(1);
  const [{ level, event, fields } = { level: '', event: '', fields: {} }] = server.logger.lines;
  expect(event).toBe('webhook.received');
  expect(fields).toMatchObject({ durationMs: expect.any(Number), correlationId: expect.any(String) });
  return { level, ...fields };
};

/** Customer.io comes back soon after these, not after an hour. */
const expectSoon = async (response: Response, code: string): Promise<void> => {
  expect(response.status).toBe(503);
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await response.json()).toMatchObject({ status: 503, code });
  expect(server.stream.messages).toEqual([]);
};

describe('a signed event', () => {
  it.each(SAMPLES)('is stored and then answered 200: $text', async ({ text, row }) => {
    const response = await server.post(text);
    expect(response.status).toBe(200);
    expect(server.stream.messages.map((message) => message.row)).toEqual([expect.objectContaining(row)]);
    expect(recovered(server.stream.messages)?.toString()).toBe(text);
  });

  it('is answered only after the stream has acknowledged it', async () => {
    server.stream.latencyMs = 80;
    const from = performance.now();
    expect((await server.post(TEXT)).status).toBe(200);
    expect(performance.now() - from).toBeGreaterThanOrEqual(75);
    expect(server.stream.messages).toHaveLength(1);
  });

  it('has one line in the log, and counts', async () => {
    const response = await server.post(TEXT);
    expect(line()).toMatchObject({
      ...{ level: 'info', outcome: 'stored', status: 200, eventId: '01JA0000000000000000000001' },
      ...{ objectType: 'email', metric: 'clicked', deliveryId: 'RPsAAAEBAAAAAAAAAAAAAAAAAAAA' },
      ...{ ageMs: NOW - 1_760_000_001_000, rows: 1, keyIndex: 0, bytes: TEXT.length },
      correlationId: response.headers.get('x-correlation-id'),
    });
    const text = await server.metrics.text();
    expect(text).toContain('webhook_requests_total{outcome="stored"} 1');
    expect(text).toContain('webhook_events_total{object_type="email",metric="clicked"} 1');
    expect(text).toContain('webhook_key_total{index="0"} 1');
  });

  it('of the quarantine is answered 200, with a warning that says why', async () => {
    expect((await server.post('[]')).status).toBe(200);
    expect(line()).toMatchObject({ level: 'warn', outcome: 'quarantined', status: 200, reason: 'array' });
    expect(await server.metrics.text()).toContain('webhook_quarantined_total{reason="array"} 1');
  });

  it('that is not documented adds no series of its own', async () => {
    for (const [objectType, metric] of [
      ['email', 'teleported'],
      ['hologram', 'sent'],
      ['constructor', 'name'],
    ]) {
      const text = TEXT.replace('"email","metric":"clicked"', `"${objectType}","metric":"${metric}"`);
      expect((await server.post(text)).status).toBe(200);
    }
    const text = await server.metrics.text();
    expect(text).toContain('webhook_events_total{object_type="email",metric="other"} 1');
    expect(text).toContain('webhook_events_total{object_type="other",metric="other"} 2');
    expect(text).not.toMatch(/teleported|hologram|constructor/);
  });

  it('is 200 although a listener fails, with the listener in the line', async () => {
    server.webhooks.on('clicked', () => {
      throw new Error('no address');
    });
    expect((await server.post(TEXT)).status).toBe(200);
    const listenerFaults = [{ listener: 'clicked', error: 'no address' }];
    expect(line()).toMatchObject({ level: 'warn', outcome: 'stored', listenerFaults });
    expect(await server.metrics.text()).toContain('webhook_listener_faults_total{listener="clicked"} 1');
  });

  it('is still taken while the process stops, on a connection that ends', async () => {
    await restart({ stopping: () => true });
    const response = await server.post(TEXT);
    expect(response.status).toBe(200);
    expect(response.headers.get('connection')).toBe('close');
    expect(server.stream.messages).toHaveLength(1);
  });

  it('may be signed with any of the keys of now', async () => {
    let keys: readonly string[] = [KEY];
    await restart({ keys: () => keys });
    expect((await server.post(TEXT, signed(TEXT, 'next'))).status).toBe(401);
    keys = [KEY, 'next'];
    expect((await server.post(TEXT, signed(TEXT, 'next'))).status).toBe(200);
    expect(await server.metrics.text()).toContain('webhook_key_total{index="1"} 1');
  });
});

describe('an event that is not stored is soon sent again', () => {
  it('when more bodies are on their way than it holds, and taken once there is room', async () => {
    const budget = new BodyBudget(TEXT.length + 10);
    await restart({ budget });
    budget.take(20);
    await expectSoon(await server.post(TEXT), 'full');
    expect(line()).toMatchObject({ level: 'warn', outcome: 'full', status: 503 });
    budget.give(20);
    for (let time = 0; time < 3; time += 1) expect((await server.post(TEXT)).status).toBe(200);
    expect((await server.post(TEXT, signed(TEXT, 'other'))).status).toBe(401);
    expect(budget.take(TEXT.length + 10)).toBe(true);
  });

  it('when the stream fails', async () => {
    server.stream.fault = new Error('away');
    await expectSoon(await server.post(TEXT), 'not_stored');
    expect(line()).toMatchObject({
      level: 'error',
      outcome: 'not_stored',
      err: { message: 'away' },
      keyIndex: 0,
    });
    server.stream.fault = undefined;
    expect((await server.post(TEXT)).status).toBe(200);
  });

  it('when the stream is slow', async () => {
    await restart({}, { storeMs: 50 });
    server.stream.latencyMs = 1_500;
    const from = performance.now();
    await expectSoon(await server.post(TEXT), 'not_stored');
    expect(performance.now() - from).toBeLessThan(1_400);
    await server.stream.close();
  });

  it('within one time for everything: what the body took, the stream and the listeners do not have', async () => {
    await restart({ totalMs: 300 });
    server.webhooks.on('clicked', () => new Promise(() => undefined));
    const from = performance.now();
    expect((await server.post(TEXT)).status).toBe(200);
    server.stream.latencyMs = 1_500;
    expect((await server.post(TEXT)).status).toBe(503);
    expect(performance.now() - from).toBeLessThan(1_000);
    const [{ fields } = { fields: {} }] = server.logger.lines;
    expect(fields).toMatchObject({ outcome: 'stored', listenerFaults: [{ listener: 'clicked' }] });
    await server.stream.close();
  });

  it('within the 4 s that Customer.io waits, with a stream and a listener that never settle', async () => {
    server.webhooks.on('clicked', () => new Promise(() => undefined));
    server.stream.latencyMs = 2_300;
    const from = performance.now();
    expect((await server.post(TEXT)).status).toBe(200);
    server.stream.latencyMs = 2_700;
    expect((await server.post(TEXT)).status).toBe(503);
    expect(performance.now() - from).toBeLessThan(2 * 3_700);
    await server.stream.close();
  }, 15_000);

  it.each<[string, readonly string[] | undefined]>([
    ['undefined', undefined],
    ['none', []],
    ['empty', ['']],
    ['the placeholder', ['unset']],
  ])('while the signing key is %s', async (_what, keys) => {
    await restart({ keys: () => keys });
    await expectSoon(await server.post(TEXT, signed(TEXT, keys?.[0] || 'x')), 'no_key');
    expect(line()).toMatchObject({ level: 'error', check: expect.stringContaining('WEBHOOK_SIGNING_KEY') });
  });

  it.each([
    ['express.json()', express.json({ type: () => true })],
    ['express.raw()', express.raw({ type: () => true })],
  ])('where %s has read the body before, and the line says what to mend', async (_what, middleware) => {
    await restart({}, {}, [middleware]);
    await expectSoon(await server.post(TEXT), 'body_taken');
    expect(line()).toMatchObject({ level: 'error', check: expect.stringContaining('before express.json()') });
  });

  it('where something has drained the request before', async () => {
    await restart({}, {}, [
      (request, _response, next) => {
        request.on('data', () => undefined).on('end', next);
      },
    ]);
    await expectSoon(await server.post(TEXT), 'body_taken');
  });

  it('when the keys cannot be had', async () => {
    await restart({
      keys: () => {
        throw new Error('no file');
      },
    });
    await expectSoon(await server.post(TEXT), 'failed');
    expect(line()).toMatchObject({ level: 'error', outcome: 'failed', err: { message: 'no file' } });
  });
});

describe('a request that is not signed', () => {
  it('is 401, and its line says what to check but no key, signature or body', async () => {
    const headers = signed(TEXT, 'other key');
    const response = await server.post(TEXT, headers);
    expect(response.status).toBe(401);
    expect(server.stream.messages).toEqual([]);
    const found = line();
    expect(found).toMatchObject({
      ...{ level: 'warn', outcome: 'bad_signature', status: 401, keysTried: 1, behindSeconds: 1 },
      headers: { timestamp: 'well-formed', signature: 'well-formed' },
      check: expect.stringMatching(/signing key .* WEBHOOK_SIGNING_KEY.*clock/),
    });
    const told = JSON.stringify(found) + (await response.text());
    for (const secret of [KEY, headers['x-cio-signature'] ?? '', 'u1', 'a@example.com']) {
      expect(told).not.toContain(secret);
    }
  });

  it('lately enough is 401 where a limit of age is set', async () => {
    await restart({ freshSeconds: 300 });
    expect((await server.post(TEXT)).status).toBe(200);
    expect((await server.post(TEXT, signed(TEXT, KEY, '1759999000'))).status).toBe(401);
  });

  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('by %s is 405', async (method) => {
    const response = await fetch(server.url, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
    expect(line()).toMatchObject({ outcome: 'method_not_allowed' });
  });
});
