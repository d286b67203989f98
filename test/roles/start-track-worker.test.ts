import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type RunningFake, startFakeCustomerIo } from '../../app/local/fake-customerio/fake-customerio.ts';
import { eventOf } from '../delivery/records.ts';
import { until } from '../delivery/worker-world.ts';
import { get, RoleWorld } from './role-world.ts';

let world: RoleWorld;
let fake: RunningFake;
beforeEach(async () => {
  world = new RoleWorld();
  fake = await startFakeCustomerIo();
});
afterEach(async () => {
  await world.end();
  await fake.close();
});

const holds = (heldFor: string): object => ({
  status: 503,
  body: { roles: { 'track-worker': { heldFor } } },
});
const metric = async (url: string, line: string): Promise<boolean> =>
  (await (await fetch(`${url}/metrics`)).text()).split('\n').includes(line);
const events = (count: number): ReturnType<typeof eventOf>[] =>
  Array.from({ length: count }, (_none, index) => eventOf('u1', String(index)));
const delivered = async (): Promise<readonly unknown[]> => {
  const { status, body } = await get(`${fake.url}/_control/people/u1`);
  return status === 200 ? (body['events'] as { name: unknown }[]).map(({ name }) => name) : [];
};
const deliveredAre = (count: number): Promise<void> => until(() => fake.fake.stats().events === count);

describe('startTrackWorker', () => {
  it('holds while a credential of the Track API is unset, then delivers what waited in order', async () => {
    await world.makeTopics();
    await world.bus.send(events(30));
    const url = await world.worker({
      CUSTOMERIO_TRACK_URL: fake.trackUrl,
      CUSTOMERIO_TRACK_API_KEY_FILE: world.put('key', 'unset'),
    });
    await until(() => world.logger.of('delivery.held').length === 1);
    expect(await get(`${url}/readyz`)).toMatchObject(holds('credential_unset'));
    expect((await get(`${url}/startupz`)).status).toBe(200);
    expect((await get(`${url}/healthz`)).status).toBe(200);
    expect(await metric(url, 'delivery_held 1')).toBe(true);
    expect(await metric(url, 'secrets_unset 1')).toBe(true);
    expect(fake.fake.stats()).toMatchObject({ requests: 0 });
    world.put('key', 'local');
    await deliveredAre(30);
    expect(await delivered()).toEqual(Array.from({ length: 30 }, (_none, index) => String(index)));
    expect((await get(`${url}/readyz`)).status).toBe(200);
    expect(await metric(url, 'delivery_held 0')).toBe(true);
  });

  it.each(['CUSTOMERIO_SITE_ID_FILE', 'CUSTOMERIO_TRACK_API_KEY_FILE'])(
    'reads its credential again when it is refused, and goes on at once with another one in %s',
    async (name) => {
      world.rereadMs = 600_000;
      await world.makeTopics();
      const url = await world.worker({
        CUSTOMERIO_TRACK_URL: fake.trackUrl,
        [name]: world.put('rotated', 'an-old-one'),
      });
      // Rotated before the worker hears of it: only its refusal tells.
      world.put('rotated', 'local');
      const before = performance.now();
      await world.bus.send(events(3));
      await deliveredAre(3);
      expect(performance.now() - before).toBeLessThan(2000);
      expect(world.logger.of('secret.changed')).toHaveLength(1);
      expect((await get(`${url}/readyz`)).status).toBe(200);
    },
  );

  it('stays held while the credential it finds is the refused one, whatever else changes', async () => {
    await world.makeTopics();
    const url = await world.worker({
      CUSTOMERIO_TRACK_URL: fake.trackUrl,
      CUSTOMERIO_SITE_ID_FILE: world.put('site', 'a-wrong-one'),
      KAFKA_SASL_MECHANISM: 'plain',
      KAFKA_SASL_USERNAME: 'alice',
      KAFKA_SASL_PASSWORD_FILE: world.put('password', 'p1'),
    });
    await world.bus.send(events(3));
    await until(() => world.logger.of('delivery.held').length === 1);
    expect(await get(`${url}/readyz`)).toMatchObject(holds('unauthorized'));
    world.put('password', 'p2');
    await until(() => world.logger.of('secret.changed').length === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(world.logger.of('delivery.attempted')).toHaveLength(1);
    expect(await delivered()).toEqual([]);
  });

  it('joins no group once it is stopped', async () => {
    let joins = 0;
    const subscribe = world.bus.subscribe.bind(world.bus);
    world.bus.subscribe = (...given) => {
      joins += 1;
      return subscribe(...given);
    };
    world.bus.setAvailable(false);
    await world.worker({ CUSTOMERIO_TRACK_URL: fake.trackUrl });
    await until(() => world.logger.of('kafka.held').length === 1);
    await world.stop();
    world.bus.setAvailable(true);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(joins).toBe(0);
  });

  it('joins once Kafka is there', async () => {
    await world.makeTopics();
    await world.bus.send(events(1));
    world.bus.setAvailable(false);
    const url = await world.worker({ CUSTOMERIO_TRACK_URL: fake.trackUrl });
    expect(await get(`${url}/readyz`)).toMatchObject(holds('kafka_unavailable'));
    expect(await get(`${url}/startupz`)).toMatchObject({ status: 503 });
    expect(await metric(url, 'kafka_ready 0')).toBe(true);
    world.bus.setAvailable(true);
    await deliveredAre(1);
    expect((await get(`${url}/startupz`)).status).toBe(200);
    expect(await metric(url, 'kafka_ready 1')).toBe(true);
  });
});
