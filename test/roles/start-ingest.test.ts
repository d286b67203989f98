import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ListenError } from '../../app/runtime/http/listen.ts';
import { until } from '../delivery/worker-world.ts';
import { freePort } from '../support/child.ts';
import { get, RoleWorld, sendEvent } from './role-world.ts';

const SASL = { KAFKA_SASL_MECHANISM: 'scram-sha-512' };

let world: RoleWorld;
beforeEach(() => {
  world = new RoleWorld();
});
afterEach(() => world.end());

/** Asks a path until it answers so. */
const becomes = async (url: string, status: number): Promise<void> => {
  for (let tries = 0; (await get(url)).status !== status; tries += 1) {
    if (tries > 300) throw new Error(`${url} never answered ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

/** Sends one event as shop@acme.example, by an ID token with this signature. */
const sendToken = (url: string, signature: string): Promise<Response> => {
  const claims = Buffer.from(JSON.stringify({ email: 'shop@acme.example' })).toString('base64url');
  return fetch(`${url}/v1/track`, {
    method: 'POST',
    headers: { authorization: `Bearer e30.${claims}.${signature}`, 'content-type': 'application/json' },
    body: JSON.stringify({ userId: 'u1', event: 'Bought' }),
  });
};

const countConnects = (): (() => number) => {
  let connects = 0;
  const connect = world.bus.connect.bind(world.bus);
  world.bus.connect = () => {
    connects += 1;
    return connect();
  };
  return () => connects;
};

describe('startIngest', () => {
  it('takes events once Kafka is connected and its topics are verified', async () => {
    await world.makeTopics();
    const url = await world.ingest();
    await becomes(`${url}/readyz`, 200);
    expect(await sendEvent(url, 'k1')).toMatchObject({ status: 200, body: { accepted: 1 } });
    expect(await get(`${url}/startupz`)).toMatchObject({ status: 200, body: { started: true } });
  });

  it.each([
    ['acme', 'projects/acme/traces/4bf92f3577b34da6a3ce929d0e0e4736'],
    [undefined, '4bf92f3577b34da6a3ce929d0e0e4736'],
  ])('says in its lines of which trace a request is, in project %s', async (project, name) => {
    await world.makeTopics();
    const url = await world.ingest(project === undefined ? {} : { GOOGLE_CLOUD_PROJECT: project });
    await becomes(`${url}/readyz`, 200);
    const send = (headers: Readonly<Record<string, string>>): Promise<Response> =>
      fetch(`${url}/v1/track`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ userId: 'u1', event: 'Bought' }),
      });
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const authorization = `Basic ${Buffer.from('k1:').toString('base64')}`;
    expect((await send({ authorization, traceparent })).status).toBe(200);
    expect((await send({ traceparent })).status).toBe(401);
    await until(() => world.logger.of('request.refused').length > 0);
    const traced = {
      'logging.googleapis.com/trace': name,
      'logging.googleapis.com/spanId': '00f067aa0ba902b7',
    };
    for (const event of ['event.accepted', 'request.refused']) {
      expect(world.logger.of(event)[0]?.fields).toMatchObject(traced);
    }
    expect((await send({ authorization })).status).toBe(200);
    expect(world.logger.of('event.accepted')[1]?.fields).not.toHaveProperty(['logging.googleapis.com/trace']);
  });

  it('starts while Kafka is away, refuses events at once, and takes them when it is back', async () => {
    await world.makeTopics();
    world.bus.setAvailable(false);
    const url = await world.ingest();
    expect(await get(`${url}/healthz`)).toMatchObject({ status: 200 });
    expect(await get(`${url}/startupz`)).toMatchObject({
      status: 503,
      body: { started: false, reason: 'kafka_unavailable' },
    });
    expect(await get(`${url}/readyz`)).toMatchObject({
      status: 503,
      body: { ready: false, roles: { ingest: { heldFor: 'kafka_unavailable' } } },
    });
    const before = performance.now();
    expect(await sendEvent(url, 'k1')).toMatchObject({
      status: 503,
      body: { code: 'kafka_unavailable' },
      retryAfter: '1',
    });
    expect(performance.now() - before).toBeLessThan(2000);
    world.bus.setAvailable(true);
    await becomes(`${url}/readyz`, 200);
    expect((await sendEvent(url, 'k1')).status).toBe(200);
    world.bus.setAvailable(false);
    expect((await get(`${url}/startupz`)).status).toBe(200);
    world.bus.setAvailable(true);
  });

  it('tells its state on the public port, and figures on that of operations only', async () => {
    await world.makeTopics();
    const port = await freePort();
    const url = await world.ingest({ METRICS_PORT: String(port) });
    await becomes(`${url}/readyz`, 200);
    expect((await get(`${url}/readyz`)).body).toEqual({ ready: true, roles: { ingest: {} } });
    expect((await get(`http://127.0.0.1:${port}/readyz`)).body).toEqual({
      ready: true,
      roles: { ingest: { waitingBytes: 0 } },
    });
  });

  it('has started, and takes nothing, while topics are missing', async () => {
    const url = await world.ingest();
    await becomes(`${url}/startupz`, 200);
    expect(await get(`${url}/readyz`)).toMatchObject({
      status: 503,
      body: { roles: { ingest: { heldFor: 'topics_wrong' } } },
    });
    expect((await sendEvent(url, 'k1')).status).toBe(503);
    const [line] = world.logger.of('kafka.held');
    expect(line?.fields['reason']).toContain('cio-platform kafka apply');
    await world.makeTopics();
    await becomes(`${url}/readyz`, 200);
  });

  it('answers 503 while its write keys are unset, and 200 once they are there', async () => {
    await world.makeTopics();
    const url = await world.ingest({ INGEST_WRITE_KEYS_FILE: world.put('keys', 'unset') });
    await becomes(`${url}/startupz`, 200);
    expect((await get(`${url}/healthz`)).status).toBe(200);
    const refused = await sendEvent(url, 'k1');
    expect(refused).toMatchObject({ status: 503, retryAfter: '30' });
    expect(refused.body['message']).toContain('write keys are not set yet');
    await until(() => world.logger.of('kafka.ready').length === 1);
    expect(await get(`${url}/readyz`)).toMatchObject({
      status: 503,
      body: { roles: { ingest: { heldFor: 'write_keys_unset' } } },
    });
    world.put('keys', 'shop=k1');
    await becomes(`${url}/readyz`, 200);
    expect((await sendEvent(url, 'k1')).status).toBe(200);
  });

  it('lets nobody in by the placeholder, and the other sources go on', async () => {
    await world.makeTopics();
    const url = await world.ingest({ INGEST_WRITE_KEYS_FILE: world.put('keys', 'shop=unset\napp=k1') });
    await becomes(`${url}/readyz`, 200);
    expect((await sendEvent(url, 'unset')).status).toBe(401);
    expect((await sendEvent(url, 'k1')).status).toBe(200);
    const told = world.logger.of('secret.weak').map(({ fields }) => fields['source']);
    expect(told).toEqual(['shop', 'app']);
  });

  it('takes changed write keys over, and keeps them while the file is spoiled or the placeholder', async () => {
    await world.makeTopics();
    const path = world.put('keys', 'shop=k1');
    const url = await world.ingest({ INGEST_WRITE_KEYS_FILE: path });
    await becomes(`${url}/readyz`, 200);
    world.put('keys', 'shop=k2');
    await until(() => world.logger.of('secret.changed').length === 1);
    expect((await sendEvent(url, 'k1')).status).toBe(401);
    expect((await sendEvent(url, 'k2')).status).toBe(200);
    rmSync(path);
    await until(() => world.logger.of('secret.unreadable').length > 0);
    expect((await sendEvent(url, 'k2')).status).toBe(200);
    world.put('keys', 'unset');
    await until(() => world.logger.of('secret.placeholder').length > 0);
    expect((await sendEvent(url, 'k2')).status).toBe(200);
    expect((await get(`${url}/readyz`)).status).toBe(200);
  });

  it('needs no write keys where Cloud Run decides who may send', async () => {
    await world.makeTopics();
    const onCloudRun = { K_SERVICE: 'ingest', K_REVISION: 'ingest-1', K_CONFIGURATION: 'ingest' };
    const url = await world.ingest({ INGEST_ACCESS: 'iam', INGEST_WRITE_KEYS_FILE: '', ...onCloudRun });
    await becomes(`${url}/readyz`, 200);
    expect((await sendEvent(url, 'k1')).status).toBe(401);
    expect((await sendToken(url, 'SIGNATURE_REMOVED_BY_GOOGLE')).status).toBe(200);
    expect((await sendToken(url, 'forged')).status).toBe(401);
  });

  it('takes any signature of an ID token where something else verifies it, and logs what', async () => {
    await world.makeTopics();
    const verified = { INGEST_ACCESS: 'iam', INGEST_TOKEN_VERIFIED_BY: 'Envoy at the edge' };
    const url = await world.ingest({ INGEST_WRITE_KEYS_FILE: '', ...verified });
    await becomes(`${url}/readyz`, 200);
    expect((await sendToken(url, 'c2ln')).status).toBe(200);
    expect(world.logger.of('ingest.tokens_verified_elsewhere')).toMatchObject([
      { fields: { verifiedBy: 'Envoy at the edge' } },
    ]);
  });

  it('has started while a credential of Kafka is unset, and connects once it is there', async () => {
    await world.makeTopics();
    // Only the new value may set off another try.
    world.retryMs = 600_000;
    const connects = countConnects();
    const url = await world.ingest({
      ...SASL,
      KAFKA_SASL_USERNAME_FILE: world.put('user', 'alice'),
      KAFKA_SASL_PASSWORD_FILE: world.put('password', 'unset'),
    });
    expect((await get(`${url}/startupz`)).status).toBe(200);
    expect(await get(`${url}/readyz`)).toMatchObject({
      status: 503,
      body: { roles: { ingest: { heldFor: 'kafka_credential_unset' } } },
    });
    expect(await sendEvent(url, 'k1')).toMatchObject({ status: 503, body: { code: 'kafka_unavailable' } });
    expect(connects()).toBe(0);
    world.put('password', 'p1');
    await becomes(`${url}/readyz`, 200);
    expect(connects()).toBe(1);
  });

  it('leaves Kafka and its secrets alone once it is stopped', async () => {
    const connects = countConnects();
    world.bus.setAvailable(false);
    await world.ingest({ INGEST_WRITE_KEYS_FILE: world.put('keys', 'shop=k1') });
    await until(() => connects() > 1);
    await world.stop();
    const before = connects();
    world.put('keys', 'shop=k2');
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect([connects() - before, world.logger.of('secret.changed')]).toEqual([0, []]);
  });

  it('ends with a fault that says so when its port is busy', async () => {
    const url = await world.ingest();
    await expect(world.ingest({ PORT: new URL(url).port })).rejects.toThrow(ListenError);
  });
});
