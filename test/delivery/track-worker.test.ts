import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { BusError } from '../../app/kafka/port.ts';
import { eventOf, recordValue } from './records.ts';
import { OK, until, WorkerWorld } from './worker-world.ts';

const DLQ = 'customerio.dlq';
const names = (person: string, count: number): string[] =>
  Array.from({ length: count }, (_none, index) => `${person}-${index}`);
const eventsOf = (person: string, count: number): ReturnType<typeof eventOf>[] =>
  Array.from({ length: count }, (_none, index) => eventOf(person, String(index)));
const text = (value: Buffer | undefined): string | undefined => value?.toString();

describe('TrackWorker', () => {
  it('sends each person’s events in order, also when requests fail', async () => {
    const world = new WorkerWorld();
    world.sender.script = (_names, call) => (call % 2 === 0 ? { status: 503 } : OK);
    const worker = await world.start();
    const people = ['a', 'b', 'c', 'd', 'e'];
    for (let index = 0; index < 20; index += 1)
      await world.bus.send(people.map((person) => eventOf(person, String(index))));
    await until(() => world.sender.done.length === 100);
    await worker.stop();
    for (const person of people)
      expect(world.sender.done.filter((name) => name.startsWith(person))).toEqual(names(person, 20));
    expect(await world.read(DLQ)).toEqual([]);
  });

  it('puts what a 207 refuses into the dead letters, with what is known', async () => {
    const world = new WorkerWorld();
    const errors = [{ batch_index: 1, field: 'name', message: 'is bad' }];
    world.sender.script = () => ({ status: 207, json: { errors } });
    const worker = await world.start();
    const records = eventsOf('a', 3);
    await world.bus.send(records);
    await until(() => worker.state.waiting === 0 && world.sender.sent.length > 0);
    await worker.stop();
    const dead = await world.read(DLQ);
    expect(dead.map(({ key, value }) => [key, String(value)])).toEqual([['a', records[1]?.value]]);
    const headers = dead[0]?.headers ?? {};
    expect(text(headers['cio-error-code'])).toBe('refused');
    expect(text(headers['cio-error-stage'])).toBe('deliver');
    expect(text(headers['kafka_dlt-exception-message'])).toBe('name: is bad');
    expect(text(headers['kafka_dlt-original-topic'])).toBe('customerio.track');
    expect(headers['kafka_dlt-original-offset']?.readBigInt64BE()).toBe(1n);
    expect(text(headers['cio-event-id'])).toMatch(/^[0-7][0-9A-Z]{25}$/);
    const [processed] = await world.read('customerio.processed');
    expect(JSON.parse(String(processed?.value))).toMatchObject({
      kind: 'batch',
      rows: [
        ['a', expect.any(String), 'delivered'],
        ['a', expect.any(String), 'rejected'],
        ['a', expect.any(String), 'delivered'],
      ],
    });
  });

  it('sends the report of a delivery in a request of its own, in the person’s order, and buries one that is refused', async () => {
    const world = new WorkerWorld();
    const report = (delivery: string) => {
      const payload = { delivery_id: delivery, metric: 'opened' };
      const value = recordValue({ userId: 'a', messageId: delivery, type: 'metric', payload });
      return { topic: 'customerio.track', key: 'a', value: JSON.stringify(value) };
    };
    world.sender.script = ([name]) =>
      name === 'd2-opened' ? { status: 400, json: { meta: { errors: ['no'] } } } : OK;
    const worker = await world.start();
    await world.bus.send([eventOf('a', '0'), report('d1'), report('d2'), eventOf('a', '1')]);
    await until(() => worker.state.waiting === 0 && world.sender.sent.length > 0);
    await worker.stop();
    expect(world.sender.sent).toEqual([['a-0'], ['d1-opened'], ['d2-opened'], ['a-1']]);
    const dead = await world.read(DLQ);
    expect(dead.map(({ value }) => String(value))).toEqual([report('d2').value]);
    expect(text(dead[0]?.headers['kafka_dlt-exception-message'])).toBe('no');
  });

  it('halves a refused batch until the item at fault is alone, in order', async () => {
    const world = new WorkerWorld();
    world.sender.script = (some) => (some.includes('a-5') ? { status: 400, json: {} } : OK);
    const worker = await world.start();
    await world.bus.send(eventsOf('a', 8));
    await until(() => world.sender.done.length === 7);
    await worker.stop();
    expect(world.sender.done).toEqual(names('a', 8).filter((name) => name !== 'a-5'));
    expect((await world.read(DLQ)).map(({ offset }) => offset)).toEqual([0]);
  });

  it('holds when the credential is refused, loses nothing, and resumes', async () => {
    const world = new WorkerWorld();
    let refused = true;
    world.sender.script = () => (refused ? { status: 401, json: {} } : OK);
    const worker = await world.start();
    await world.bus.send([...eventsOf('a', 3), ...eventsOf('b', 3)]);
    await until(() => worker.state.heldFor === 'unauthorized');
    await wait(60);
    expect(world.sender.sent.length).toBeLessThan(8);
    refused = false;
    await until(() => world.sender.done.length === 6);
    expect(worker.state.heldFor).toBeUndefined();
    await worker.stop();
    expect(await world.read(DLQ)).toEqual([]);
  });

  it('puts what cannot be read into the dead letters and goes on', async () => {
    const world = new WorkerWorld();
    const worker = await world.start();
    await world.bus.send([{ topic: 'customerio.track', key: 'a', value: '{' }, ...eventsOf('a', 1)]);
    await until(() => world.sender.done.length === 1);
    await worker.stop();
    const [dead] = await world.read(DLQ);
    expect([text(dead?.headers['cio-error-code']), text(dead?.headers['cio-error-stage'])]).toEqual([
      'not_json',
      'parse',
    ]);
  });

  it('commits no further than the first record that is not settled, and sends that again after a crash', async () => {
    const world = new WorkerWorld();
    const { promise: never, resolve: release } = Promise.withResolvers<typeof OK>();
    world.sender.script = (some) => (some.includes('a-0') ? never : OK);
    const crashed = await world.start();
    await world.bus.send(eventsOf('b', 1));
    await until(() => world.sender.done.includes('b-0'));
    await wait(50);
    await world.bus.send([...eventsOf('a', 1), ...eventsOf('c', 1)]);
    await until(() => world.sender.sent.flat().includes('a-0'));
    await wait(50);
    const survivors = new WorkerWorld();
    survivors.bus.restore(world.bus.snapshot());
    const worker = await survivors.start();
    await until(() => survivors.sender.done.includes('a-0'));
    await worker.stop();
    expect(survivors.sender.done).not.toContain('b-0');
    release(OK);
    await crashed.stop();
  });

  it('settles what is in flight when it stops, and starts nothing new', async () => {
    const world = new WorkerWorld();
    world.sender.script = async () => {
      await wait(40);
      return OK;
    };
    const worker = await world.start();
    await world.bus.send(eventsOf('a', 1));
    await until(() => world.sender.sent.length === 1);
    await world.bus.send(eventsOf('a', 1));
    await worker.stop();
    const sent = world.sender.sent.length;
    expect(world.sender.done).toHaveLength(1);
    await wait(60);
    expect(world.sender.sent).toHaveLength(sent);
  });

  it('settles nothing before Kafka has the dead letter', async () => {
    const world = new WorkerWorld();
    const real = world.publish;
    let failures = 3;
    world.publish = (records) => {
      failures -= 1;
      return failures >= 0 ? Promise.reject(new BusError('unavailable', 'away')) : real(records);
    };
    world.sender.script = () => ({ status: 400, json: {} });
    const worker = await world.start();
    await world.bus.send(eventsOf('a', 1));
    await until(() => world.sender.sent.length === 1 && worker.state.waiting === 0);
    await worker.stop();
    expect(failures).toBeLessThan(0);
    expect(await world.read(DLQ)).toHaveLength(1);
  });
});
