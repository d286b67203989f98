import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { RecordingLogger } from '../support/recording-logger.ts';
import { eventOf } from './records.ts';
import { OK, TestCredential, until, WorkerWorld } from './worker-world.ts';

const REFUSED = { status: 401, json: {} };
/** Longer than a test waits: only a change of the credential opens such a hold. */
const SLOW_PROBE = { probe: { firstMs: 600_000, mostMs: 600_000 } };

describe('the credential of the TrackWorker', () => {
  it('holds everything while it is unset, and sends it in order once it is there', async () => {
    const world = new WorkerWorld();
    const logger = new RecordingLogger();
    world.logger = logger;
    world.credential = new TestCredential(false);
    const worker = await world.start();
    for (let index = 0; index < 20; index += 1)
      await world.bus.send(['a', 'b', 'c'].map((person) => eventOf(person, String(index))));
    await until(() => worker.state.waiting === 60);
    await wait(30);
    expect(world.sender.sent).toEqual([]);
    expect(worker.state.heldFor).toBe('credential_unset');
    expect(logger.of('delivery.held')).toMatchObject([
      { level: 'error', fields: { heldFor: 'credential_unset' } },
    ]);
    world.credential.change();
    await until(() => world.sender.done.length === 60);
    expect(worker.state.heldFor).toBeUndefined();
    await until(() => logger.of('delivery.resumed').length === 1);
    await worker.stop();
    for (const person of ['a', 'b', 'c'])
      expect(world.sender.done.filter((name) => name.startsWith(person))).toEqual(
        Array.from({ length: 20 }, (_none, index) => `${person}-${index}`),
      );
    expect(await world.read('customerio.dlq')).toEqual([]);
  });

  it('tells why it holds before it has joined', () => {
    const world = new WorkerWorld();
    world.credential = new TestCredential(false);
    expect(world.make().state).toEqual({ partitions: 0, waiting: 0, heldFor: 'credential_unset' });
  });

  it('is looked for again when it is refused, and a new one is tried at once', async () => {
    const world = new WorkerWorld();
    world.settings = SLOW_PROBE;
    let good = false;
    world.sender.script = () => (good ? OK : REFUSED);
    const worker = await world.start();
    await world.bus.send(['a', 'b', 'c', 'd', 'e'].map((person) => eventOf(person, '0')));
    await until(() => worker.state.heldFor === 'unauthorized');
    expect(world.credential.refusals).toBeGreaterThan(0);
    good = true;
    world.credential.change();
    await until(() => world.sender.done.length === 5);
    expect(worker.state.heldFor).toBeUndefined();
    await worker.stop();
  });

  it('is not held against for answers to the one before', async () => {
    const world = new WorkerWorld();
    world.settings = SLOW_PROBE;
    const late = Promise.withResolvers<void>();
    let good = false;
    world.sender.script = async () => {
      if (good) return OK;
      await late.promise;
      return REFUSED;
    };
    const worker = await world.start();
    await world.bus.send(['a', 'b', 'c', 'd', 'e'].map((person) => eventOf(person, '0')));
    await until(() => world.sender.sent.length > 1);
    good = true;
    world.credential.change();
    late.resolve();
    await until(() => world.sender.done.length === 5);
    await worker.stop();
  });

  it('holds again when it is taken away, and loses nothing', async () => {
    const world = new WorkerWorld();
    const worker = await world.start();
    await world.bus.send([eventOf('a', '0')]);
    await until(() => world.sender.done.length === 1);
    world.credential.change(false);
    await world.bus.send([eventOf('a', '1')]);
    await until(() => worker.state.waiting === 1);
    await wait(30);
    expect([world.sender.done, worker.state.heldFor]).toEqual([['a-0'], 'credential_unset']);
    world.credential.change();
    await until(() => world.sender.done.length === 2);
    await worker.stop();
  });

  it('lets a worker that holds stop at once, and is forgotten by it', async () => {
    const world = new WorkerWorld();
    world.credential = new TestCredential(false);
    const worker = await world.start();
    await world.bus.send([eventOf('a', '0')]);
    await until(() => worker.state.waiting === 1);
    const before = performance.now();
    await worker.stop();
    expect(performance.now() - before).toBeLessThan(500);
    expect(world.credential.listeners).toBe(0);
    const next = new WorkerWorld();
    next.bus.restore(world.bus.snapshot());
    const successor = await next.start();
    await until(() => next.sender.done.length === 1);
    await successor.stop();
  });
});
