import { spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { TopicSettings } from '../../app/contract/topics.ts';
import { InMemoryBus } from '../../app/kafka/in-memory-bus.ts';
import { MemoryLog } from '../../app/kafka/memory-log.ts';
import type { BusRecord } from '../../app/kafka/port.ts';
import { KafkaRecorder, until } from '../support/kafka-recorder.ts';

const TOPIC: TopicSettings = { name: 'events', purpose: 'a test', retentionMs: 1_000, coPartitioned: true };

const heldBy = (log: MemoryLog, topic: string): number =>
  log.partitionsOf(topic).reduce((sum, { start, end }) => sum + end - start, 0);

const endsOf = (records: readonly BusRecord[]) =>
  records.map(({ topic, partition, offset }) => ({ topic, partition, offset: offset + 1 }));

const subscribed = async (bus: InMemoryBus, group: string, count: number) => {
  const recorder = new KafkaRecorder();
  const subscription = await bus.subscribe({ group, topics: [TOPIC.name] }, recorder);
  await until(`${count} records`, () => recorder.heard.length === count);
  return { recorder, commit: () => subscription.commit(recorder.generation ?? 0, endsOf(recorder.heard)) };
};

const send = (bus: InMemoryBus, count: number, key = 'a') =>
  bus.send(
    Array.from({ length: count }, (_, n) => ({ topic: TOPIC.name, key: `${key}${n}`, value: String(n) })),
  );

test('forgets a record when every group of its topic has committed it, not before', async () => {
  const log = new MemoryLog();
  const bus = new InMemoryBus({ log });
  await bus.ensureTopics([TOPIC], 'create', 3);
  await send(bus, 5_000);
  const one = await subscribed(bus, 'one', 5_000);
  const two = await subscribed(bus, 'two', 5_000);
  expect(await one.commit()).toBe(true);
  expect(heldBy(log, TOPIC.name)).toBe(5_000);
  expect(await two.commit()).toBe(true);
  expect(heldBy(log, TOPIC.name)).toBe(0);
  expect(log.partitionsOf(TOPIC.name).every(({ bytes }) => bytes === 0)).toBe(true);
  await send(bus, 10);
  await until('10 more', () => one.recorder.heard.length === 5_010 && two.recorder.heard.length === 5_010);
  expect(one.recorder.breaches).toEqual([]);
  await bus.close();
});

test('keeps only the newest bytes of a topic without a group', async () => {
  const log = new MemoryLog({ retainBytes: () => 100_000 });
  const bus = new InMemoryBus({ log });
  await bus.ensureTopics([TOPIC], 'create', 3);
  for (let round = 0; round < 20; round += 1) await send(bus, 100, `${round}-`);
  const bytes = log.partitionsOf(TOPIC.name).reduce((sum, partition) => sum + partition.bytes, 0);
  expect(bytes).toBeLessThanOrEqual(100_000);
  expect(bytes).toBeGreaterThan(90_000);
  const ends = await bus.endOffsets(TOPIC.name);
  expect(ends.reduce((sum, { offset }) => sum + offset, 0)).toBe(2_000);
  const { recorder } = await subscribed(bus, 'late', heldBy(log, TOPIC.name));
  expect(recorder.heard.some(({ key }) => key === '19-99')).toBe(true);
  expect(recorder.heard.some(({ key }) => key === '0-0')).toBe(false);
  await bus.close();
});

test('a snapshot brings back records, offsets, append times and committed positions', async () => {
  let now = 1_000;
  const before = new InMemoryBus({ now: () => now });
  await before.ensureTopics([TOPIC], 'create', 2);
  const raw = Buffer.from([0, 200, 255]);
  await before.send([
    { topic: TOPIC.name, key: 'a', value: 'settled' },
    { topic: TOPIC.name, key: 'a', value: 'Grüße "1"\n' },
  ]);
  const heard = new KafkaRecorder();
  const subscription = await before.subscribe({ group: 'g', topics: [TOPIC.name] }, heard);
  await until('both', () => heard.heard.length === 2);
  expect(await subscription.commit(heard.generation ?? 0, endsOf(heard.heard.slice(0, 1)))).toBe(true);
  now = 2_000;
  await before.send([
    { topic: TOPIC.name, key: 'a', value: raw, headers: { raw, text: 'x' } },
    { topic: TOPIC.name, key: 'b', value: null },
    { topic: TOPIC.name, key: null, value: '' },
  ]);
  await until('all', () => heard.heard.length === 5);
  await before.close();
  const text = before.snapshot();
  expect(
    text
      .split('\n')
      .slice(0, -1)
      .every((line) => JSON.parse(line) !== null),
  ).toBe(true);

  const after = new InMemoryBus();
  after.restore(text);
  await after.ensureTopics([TOPIC], 'create', 7);
  expect(await after.endOffsets(TOPIC.name)).toEqual(endsIn(text));
  const again = new KafkaRecorder();
  await after.subscribe({ group: 'g', topics: [TOPIC.name] }, again);
  await until('the rest', () => again.heard.length === 4);
  const order = (records: readonly BusRecord[]) =>
    records.toSorted((left, right) => left.partition - right.partition || left.offset - right.offset);
  expect(order(again.heard)).toEqual(order(heard.heard.slice(1)));
  expect(after.snapshot()).toBe(text);
  await after.close();
});

/** The ends that the snapshot's text says by itself. */
function endsIn(text: string) {
  const lines: { kind: string; starts?: number[]; partition?: number }[] = text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
  const starts = lines.find(({ kind }) => kind === 'topic')?.starts ?? [];
  return starts.map((start, partition) => ({
    topic: TOPIC.name,
    partition,
    offset: start + lines.filter((line) => line.kind === 'record' && line.partition === partition).length,
  }));
}

test('a damaged snapshot is refused with its line, and so is one for a log in use', async () => {
  const bus = new InMemoryBus();
  await bus.ensureTopics([TOPIC], 'create', 1);
  await send(bus, 3);
  const text = bus.snapshot();
  expect(() => new InMemoryBus().restore(text.slice(0, -5))).toThrow('damaged in line 5');
  expect(() => new InMemoryBus().restore('{"kind":"log","version":2}\n')).toThrow('damaged in line 1');
  expect(() => bus.restore(text)).toThrow('empty log');
});

test('hands over within a few milliseconds, at most 500 records at a time', async () => {
  const bus = new InMemoryBus();
  await bus.ensureTopics([TOPIC], 'create', 1);
  const sizes: number[] = [];
  const recorder = new KafkaRecorder({ onRecords: (_, records) => sizes.push(records.length) });
  await bus.subscribe({ group: 'g', topics: [TOPIC.name] }, recorder);
  await until('joined', () => recorder.generation !== undefined);
  const late: number[] = [];
  for (let round = 0; round < 50; round += 1) {
    const started = performance.now();
    const heard = recorder.heard.length;
    await send(bus, 1);
    while (recorder.heard.length === heard) await new Promise((resolve) => setImmediate(resolve));
    late.push(performance.now() - started);
    await delay(1);
  }
  expect(late.toSorted((left, right) => left - right)[25]).toBeLessThan(3);
  await send(bus, 1_200);
  await until('all', () => recorder.heard.length === 1_250);
  expect(sizes.slice(50)).toEqual([500, 500, 200]);
  await bus.close();
});

test('a subscription keeps no process alive', () => {
  const program = `
    import { InMemoryBus } from './app/kafka/in-memory-bus.ts';
    const bus = new InMemoryBus();
    await bus.ensureTopics([${JSON.stringify(TOPIC)}], 'create', 2);
    const quiet = { joined() {}, records() { console.log('heard'); }, revoked() {} };
    await bus.subscribe({ group: 'g', topics: ['events'] }, quiet);
    await bus.send([{ topic: 'events', key: 'a', value: 'x' }]);`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: `${import.meta.dirname}/../..`,
    encoding: 'utf8',
    timeout: 10_000,
  });
  expect(child.stdout).toBe('heard\n');
  expect(child.status).toBe(0);
});

test('keeps the newest settled records for readers where it is told to, over a snapshot too', async () => {
  const log = new MemoryLog({ keepSettledBytes: 3_000 });
  const bus = new InMemoryBus({ log });
  await bus.ensureTopics([TOPIC], 'create', 1);
  await send(bus, 100);
  const worker = await subscribed(bus, 'worker', 100);
  expect(await worker.commit()).toBe(true);
  expect(log.partitionsOf(TOPIC.name)[0]?.bytes).toBeLessThanOrEqual(3_000);
  const kept = heldBy(log, TOPIC.name);
  expect(kept).toBeGreaterThan(10);
  const from = await bus.offsetsAt(TOPIC.name, 0);
  const reader = new KafkaRecorder();
  const reading = await bus.subscribe({ group: 'reader', topics: [TOPIC.name], from }, reader);
  await until('what is kept', () => reader.heard.length === kept);
  expect(reader.values.at(-1)).toBe('99');
  await reading.stop();
  await bus.close();

  const after = new InMemoryBus({ keepSettledBytes: 3_000 });
  after.restore(bus.snapshot());
  expect(await after.endOffsets(TOPIC.name)).toEqual([{ topic: TOPIC.name, partition: 0, offset: 100 }]);
  const again = await subscribed(after, 'worker', 0);
  await send(after, 20, 'b');
  await until('only what is new', () => again.recorder.heard.length === 20);
  expect(await again.commit()).toBe(true);
  expect(after.heldBytes).toBeLessThanOrEqual(3_000);
  await after.close();
});

test('a reader holds no record back once it has stopped', async () => {
  const log = new MemoryLog();
  const bus = new InMemoryBus({ log });
  await bus.ensureTopics([TOPIC], 'create', 1);
  const worker = await subscribed(bus, 'worker', 0);
  await send(bus, 10);
  const from = await bus.offsetsAt(TOPIC.name, 0);
  const reader = await bus.subscribe({ group: 'reader', topics: [TOPIC.name], from }, new KafkaRecorder());
  await until('all', () => worker.recorder.heard.length === 10);
  await reader.stop();
  expect([...log.groups.keys()]).toEqual(['worker']);
  expect(await worker.commit()).toBe(true);
  expect(heldBy(log, TOPIC.name)).toBe(0);
  await bus.close();
});
