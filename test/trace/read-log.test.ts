import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { TopicSettings } from '../../app/contract/topics.ts';
import { InMemoryBus } from '../../app/kafka/in-memory-bus.ts';
import { MemoryLog } from '../../app/kafka/memory-log.ts';
import { type ReadableBus, type ReadLimits, readLog } from '../../app/trace/read-log.ts';

const TOPIC: TopicSettings = { name: 'events', purpose: 'a test', retentionMs: 1_000, coPartitioned: true };
const LIMITS: ReadLimits = { since: 0, max: 1_000, withinMs: 10_000, quietMs: 300 };

let at: number;
let handedOver: number;
let bus: InMemoryBus;
let log: MemoryLog;
beforeEach(async () => {
  at = 1_000;
  log = new MemoryLog({ now: () => at });
  bus = new InMemoryBus({ log });
  await bus.ensureTopics([TOPIC], 'create', 4);
});
afterEach(() => bus.close());

const send = async (from: number, to: number, keyOf = (n: number): string => `k${n}`): Promise<void> => {
  for (let n = from; n < to; n += 1) {
    at += 1;
    await bus.send([{ topic: TOPIC.name, key: keyOf(n), value: String(n) }]);
  }
};

/** Counts what the bus hands over, wanted or not. */
const counting: ReadableBus = {
  endOffsets: (topic) => bus.endOffsets(topic),
  offsetsAt: (topic, time) => bus.offsetsAt(topic, time),
  subscribe: (options, listener) => {
    const records: typeof listener.records = (generation, some, end) => {
      handedOver += some.length;
      listener.records(generation, some, end);
    };
    const { joined, revoked } = listener;
    return bus.subscribe(options, { joined, revoked, records });
  },
};

const read = async (
  more: Partial<ReadLimits>,
  of = counting,
): Promise<{ whole: boolean; read: number[] }> => {
  handedOver = 0;
  const found: number[] = [];
  const whole = await readLog(of, TOPIC.name, { ...LIMITS, ...more }, ({ value }) =>
    found.push(Number(value)),
  );
  return { whole, read: found.toSorted((a, b) => a - b) };
};
const numbers = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

it('reads everything', async () => {
  await send(0, 500);
  expect(await read({})).toEqual({ whole: true, read: numbers(0, 500) });
});

it('begins at the time that is asked for: what is older is not even fetched', async () => {
  await send(0, 500);
  const since = at + 1;
  await send(500, 520);
  expect(await read({ since })).toEqual({ whole: true, read: numbers(500, 520) });
  expect(handedOver).toBe(20);
  expect(await read({ since, max: 20 })).toMatchObject({ whole: true });
});

it('reaches the newest records where there are more than the most', async () => {
  await send(0, 400, () => 'one person');
  await send(400, 440);
  const { whole, read: found } = await read({ max: 100 });
  expect(whole).toBe(false);
  expect(handedOver).toBeLessThanOrEqual(100);
  expect(found.length).toBe(100);
  expect(found).toEqual(expect.arrayContaining([...numbers(400, 440)]));
});

it('does not join a group where there is nothing to read', async () => {
  await send(0, 10);
  expect(await read({ since: at + 1 })).toEqual({ whole: true, read: [] });
  expect(log.groups.size).toBe(0);
});

it('leaves no group behind', async () => {
  await send(0, 10);
  await read({});
  expect(log.groups.size).toBe(0);
});

it('takes offsets that hold no record for read, if the bus answers', async () => {
  await send(0, 10);
  const further: ReadableBus = {
    ...counting,
    endOffsets: async (topic) =>
      (await bus.endOffsets(topic)).map((end) => ({ ...end, offset: end.offset + 1 })),
  };
  expect(await read({}, further)).toEqual({ whole: true, read: numbers(0, 10) });
});

it('does not take a broker that went away for the end', async () => {
  await send(0, 10);
  const leaving: ReadableBus = {
    ...counting,
    subscribe: async (options, listener) => {
      const subscription = await counting.subscribe(options, listener);
      log.setAvailable(false);
      listener.joined(1, []);
      return subscription;
    },
  };
  expect(await read({}, leaving)).toEqual({ whole: false, read: [] });
});

it('ends in time', async () => {
  await send(0, 10);
  const silent: ReadableBus = { ...counting, subscribe: async (options) => bus.subscribe(options, mute) };
  expect(await read({ withinMs: 100, quietMs: 10_000 }, silent)).toEqual({ whole: false, read: [] });
});

const mute = { joined: () => undefined, revoked: () => undefined, records: () => undefined };
