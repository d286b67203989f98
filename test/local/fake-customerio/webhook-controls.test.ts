import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { read } from './fake-client.ts';
import { FAST, ids, OPENED, startReported } from './reported-fake.ts';
import { eventually, type Reaction, settle } from './webhook-receiver.ts';

describe('what waits', () => {
  it('is bounded', async () => {
    const { fake, endpoint } = await startReported(() => 500, { webhookSending: { queueSize: 2 } });
    for (let at = 0; at < 4; at += 1) await fake.emit(OPENED);
    expect(await endpoint()).toMatchObject({ waiting: 2, overflowed: 2 });
    expect(fake.fake.stats()).toMatchObject({ webhooksEmitted: 4, webhooksDropped: 2 });
  });

  it('is bounded in bytes', async () => {
    const { fake, endpoint } = await startReported(() => 500, { webhookSending: { queueBytes: 10_000 } });
    const large = { ...OPENED, data: { note: 'x'.repeat(9000) } };
    await fake.emit(large);
    await fake.emit(large);
    expect(await endpoint()).toMatchObject({ waiting: 1, overflowed: 1 });
  });

  it('makes room when it was sent', async () => {
    const { fake, receiver, endpoint } = await startReported(() => 200, {
      webhookSending: { queueBytes: 10_000 },
    });
    for (let at = 1; at <= 3; at += 1) {
      await fake.emit({ ...OPENED, data: { note: 'x'.repeat(9000) } });
      await receiver.until(at);
      await eventually(async () => (await endpoint()).sent === at);
    }
    expect(await endpoint()).toMatchObject({ overflowed: 0 });
  });

  it('is sent in reverse where that is set', async () => {
    const { fake, receiver } = await startReported((_event, attempt) => (attempt === 1 ? 503 : 200));
    await fake.command('/webhooks/settings', { order: 'newest' });
    const sent: string[] = [];
    for (let at = 0; at < 3; at += 1) sent.push((await fake.emit(OPENED)).event_id);
    await receiver.until(1);
    await fake.command('/clock', { scale: FAST });
    const [first, second, third] = sent;
    expect(ids(await receiver.until(4))).toEqual([first, first, third, second]);
  });

  it('is forgotten by a reset, with its time scale and settings', async () => {
    const { fake, receiver, endpoint } = await startReported((_event, attempt) =>
      attempt === 1 ? 500 : 200,
    );
    await fake.emit(OPENED);
    await eventually(async () => (await endpoint()).failed === 1);
    await fake.command('/clock', { scale: 7 });
    await fake.command('/webhooks/settings', { order: 'newest' });
    await fake.send('DELETE', `${fake.url}/_control`);
    expect(await endpoint()).toMatchObject({ waiting: 0, failed: 0, blocked_until: null });
    expect(await fake.control('/clock')).toEqual({ scale: 1 });
    expect(await fake.control('/webhooks')).toMatchObject({ order: 'fifo' });
    expect(await fake.control('/deliveries')).toEqual([]);
    const { event_id: id } = await fake.emit(OPENED);
    expect(ids(await receiver.until(2))[1]).toBe(id);
  });

  it('is dropped by a reset in the middle of a call', async () => {
    let reaction: Reaction = 'hang';
    const { fake, receiver, endpoint } = await startReported(() => reaction);
    await fake.emit(OPENED);
    await receiver.until(1);
    reaction = 200;
    fake.fake.reset();
    const { event_id: id } = await fake.emit(OPENED);
    expect(ids(await receiver.until(2))[1]).toBe(id);
    await eventually(async () => (await endpoint()).sent === 1);
    expect(await endpoint()).toMatchObject({ failed: 0 });
  });
});

describe('re-delivery', () => {
  it('sends an event once more, as it was', async () => {
    const { fake, receiver } = await startReported();
    const { event_id: id } = await fake.emit(OPENED);
    await receiver.until(1);
    expect(await read(fake.command('/webhooks/redeliver', { event_id: id }))).toEqual({
      status: 200,
      body: { webhooks: 1 },
    });
    const [first, second] = await receiver.until(2);
    expect(second?.raw).toBe(first?.raw);
  });

  it('sends what was lost, late', async () => {
    const { fake, receiver } = await startReported();
    const { event_id: id } = await fake.emit({ ...OPENED, lose: true });
    await settle();
    expect(receiver.received).toEqual([]);
    await fake.command('/webhooks/redeliver', { event_id: id });
    expect(ids(await receiver.until(1))).toEqual([id]);
  });

  it('answers 404 to an event that it does not remember', async () => {
    const { fake } = await startReported();
    expect((await fake.command('/webhooks/redeliver', { event_id: 'x' })).status).toBe(404);
  });
});

describe('controls of webhooks', () => {
  it.each([
    ['/webhooks', {}],
    ['/webhooks', { ...OPENED, data: [] }],
    ['/webhooks', { ...OPENED, lose: 'yes' }],
    ['/webhooks', { ...OPENED, constructor: 1 }],
    ['/webhooks', []],
    ['/webhooks/redeliver', {}],
    ['/webhooks/settings', { order: 'random' }],
    ['/webhooks/settings', { queueSize: 1 }],
    ['/clock', { scale: 0 }],
    ['/clock', { scale: 1_000_001 }],
    ['/clock', {}],
    ['/deliveries', { type: 'email' }],
    ['/deliveries', { type: 'email', person: 'u1', metrics: {} }],
    ['/deliveries', { type: 'email', person: 'u1', metrics: { sent: 'now' } }],
  ])('refuse %s %j', async (path, body) => {
    const { fake } = await startReported();
    expect(await read(fake.command(path, body))).toEqual({
      status: 400,
      body: { error: expect.any(String) },
    });
    expect(fake.fake.stats()).toMatchObject({ webhooksEmitted: 0, deliveries: 0 });
  });
});

describe('close', () => {
  it('leaves nothing open: neither a retry that waits nor a call under way', async () => {
    const library = resolve('app/local/fake-customerio/fake-customerio.ts');
    const script = `
      import { createServer } from 'node:http';
      import { startFakeCustomerIo } from ${JSON.stringify(library)};
      const hanging = createServer(() => console.log('called'));
      await new Promise((done) => hanging.listen(0, '127.0.0.1', done));
      const endpoints = ['http://127.0.0.1:1/', 'http://127.0.0.1:' + hanging.address().port];
      const webhooks = endpoints.map((endpoint) => ({ endpoint, signingKey: 'k' }));
      const { url, close } = await startFakeCustomerIo({ webhooks, webhookSending: { timeoutMs: 60_000 } });
      const body = JSON.stringify({ object_type: 'email', metric: 'opened', person: 'u1' });
      const headers = { 'content-type': 'application/json' };
      await (await fetch(url + '/_control/webhooks', { method: 'POST', headers, body })).text();
      await new Promise((done) => hanging.once('connection', done));
      await close();
      hanging.close();
    `;
    const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '--eval', script]);
    const errors: string[] = [];
    child.stderr.on('data', (text) => errors.push(String(text)));
    const deadline = setTimeout(() => child.kill('SIGKILL'), 10_000);
    const [code, signal] = await once(child, 'exit');
    clearTimeout(deadline);
    expect({ code, signal, errors }).toEqual({ code: 0, signal: null, errors: [] });
  }, 15_000);
});
