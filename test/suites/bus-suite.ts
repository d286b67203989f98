import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { TopicSettings } from '../../app/contract/topics.ts';
import { partitionOf } from '../../app/kafka/murmur2.ts';
import type { Bus, BusRecord, BusSubscription, OutgoingRecord, Position } from '../../app/kafka/port.ts';
import { batchBytes, STOCK_MAX_MESSAGE_BYTES } from '../../app/kafka/record-size.ts';
import { KafkaRecorder, Ownership, until } from '../support/kafka-recorder.ts';

/** What the suite runs on. Every bus it makes reads and writes the same log. */
export interface BusBackend {
  makeBus(): Bus;
  /** Takes the broker away until {@link makeAvailable}; records and groups survive. */
  makeUnavailable(): Promise<void>;
  makeAvailable(): Promise<void>;
}

const PARTITIONS = 4;
const CONSUMES_WITHIN_MS = 60_000;

const topicNamed = (name: string, coPartitioned = true): TopicSettings => ({
  name: `${name}-${randomUUID().slice(0, 8)}`,
  purpose: 'a test',
  retentionMs: 3_600_000,
  coPartitioned,
});

const nextPositions = (records: readonly BusRecord[]): readonly Position[] => {
  const positions = new Map<string, Position>();
  for (const { topic, partition, offset } of records) {
    positions.set(`${topic}/${partition}`, { topic, partition, offset: offset + 1 });
  }
  return [...positions.values()];
};

const numbered = (topic: string, from: number, to: number): OutgoingRecord[] =>
  Array.from({ length: to - from }, (_, index) => ({
    topic,
    key: `person-${(from + index) % 7}`,
    value: String(from + index),
  }));

const valuesOf = (records: readonly OutgoingRecord[]): string[] => records.map(({ value }) => String(value));

const rejectionOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'resolved',
    (error: unknown) => error,
  );

/**
 * The promises of the port {@link Bus}, for every adapter.
 *
 * @param name how the adapter is called in the names of the tests
 * @param backendOf the backend; asked for when the tests run
 * @param whyNotUnavailable why the broker cannot be taken away; the case is then skipped with this reason
 */
export function busSuite(name: string, backendOf: () => BusBackend, whyNotUnavailable?: string): void {
  describe(`the bus ${name}`, () => {
    const open: Bus[] = [];

    const makeBus = async (): Promise<Bus> => {
      const bus = backendOf().makeBus();
      open.push(bus);
      await bus.connect();
      return bus;
    };

    const withTopics = async (partitions = PARTITIONS) => {
      const bus = await makeBus();
      const first = topicNamed('first');
      const second = topicNamed('second');
      await bus.ensureTopics([first, second], 'create', partitions);
      return { bus, first: first.name, second: second.name, group: `group-${randomUUID().slice(0, 8)}` };
    };

    const readAll = async (
      bus: Bus,
      group: string,
      topics: readonly string[],
      count: number,
    ): Promise<{ recorder: KafkaRecorder; subscription: BusSubscription }> => {
      const recorder = new KafkaRecorder();
      const subscription = await bus.subscribe({ group, topics }, recorder);
      await until(`${count} records`, () => recorder.heard.length >= count, CONSUMES_WITHIN_MS);
      return { recorder, subscription };
    };

    afterEach(async () => {
      await Promise.all(open.splice(0).map((bus) => bus.close()));
    });

    test('keeps the order of a key over several sends', async () => {
      const { bus, first, group } = await withTopics();
      for (let round = 0; round < 5; round += 1) {
        await bus.send(numbered(first, round * 40, round * 40 + 40));
      }
      const { recorder } = await readAll(bus, group, [first], 200);
      const byKey = Map.groupBy(recorder.heard, ({ key }) => key);
      expect(byKey.size).toBe(7);
      for (const records of byKey.values()) {
        const values = records.map(({ value }) => Number(value?.toString()));
        expect(values).toEqual(values.toSorted((left, right) => left - right));
      }
      expect(new Set(recorder.values)).toEqual(new Set(valuesOf(numbered(first, 0, 200))));
    });

    test('tells records in offset order, without gaps, with append time and the end of the partition', async () => {
      const { bus, first, second, group } = await withTopics();
      const before = Date.now();
      const sent = [...numbered(first, 0, 1500), ...numbered(second, 1500, 1600)];
      await bus.send(sent);
      const after = Date.now();
      const { recorder } = await readAll(bus, group, [first, second], 1600);
      expect(recorder.breaches).toEqual([]);
      expect(recorder.heard).toHaveLength(1600);
      for (const { timestamp } of recorder.heard) {
        expect(timestamp).toBeGreaterThanOrEqual(before - 1);
        expect(timestamp).toBeLessThanOrEqual(after + 1);
      }
      const ends = [...(await bus.endOffsets(first)), ...(await bus.endOffsets(second))];
      expect(ends).toHaveLength(2 * PARTITIONS);
      expect(ends.reduce((sum, { offset }) => sum + offset, 0)).toBe(1600);
      const watermarks = new Set(recorder.watermarks);
      for (const { offset } of ends.filter((end) => end.offset > 0)) expect(watermarks).toContain(offset);
    });

    test('puts a key into the same partition of both topics, the one murmur2 says', async () => {
      const { bus, first, second, group } = await withTopics();
      const keys = ['', 'a', 'person-1', 'ключ', '😀', ...Array.from({ length: 40 }, () => randomUUID())];
      await bus.send(keys.flatMap((key) => [first, second].map((topic) => ({ topic, key, value: 'x' }))));
      const { recorder } = await readAll(bus, group, [first, second], keys.length * 2);
      const placed = Map.groupBy(recorder.heard, ({ key }) => key);
      expect(new Set(placed.keys())).toEqual(new Set(keys));
      for (const key of keys) {
        const partitions = placed.get(key)?.map(({ partition }) => partition);
        expect(partitions).toEqual([partitionOf(key, PARTITIONS), partitionOf(key, PARTITIONS)]);
      }
    });

    test('never joins before subscribe has resolved, nor delivers within send', async () => {
      const { bus, first, group } = await withTopics();
      let sending = false;
      const withinSend: number[] = [];
      const recorder = new KafkaRecorder({
        onRecords: (_, records) => {
          if (sending) withinSend.push(records.length);
        },
      });
      let joinedEarly = false;
      const subscribing = bus.subscribe({ group, topics: [first] }, recorder);
      await subscribing.then(() => {
        joinedEarly = recorder.generation !== undefined;
      });
      expect(joinedEarly).toBe(false);
      await until('joined', () => recorder.generation !== undefined, CONSUMES_WITHIN_MS);
      sending = true;
      const sent = bus.send(numbered(first, 0, 10));
      sending = false;
      await sent;
      await until('10 records', () => recorder.heard.length === 10);
      expect(withinSend).toEqual([]);
    });

    test('delivers again what was not committed', async () => {
      const { bus, first, group } = await withTopics();
      await bus.send(numbered(first, 0, 50));
      const { recorder, subscription } = await readAll(bus, group, [first], 50);
      const generation = recorder.generation;
      await subscription.stop();
      expect(recorder.ended).toEqual([generation]);
      const again = await readAll(await makeBus(), group, [first], 50);
      expect(again.recorder.values.toSorted()).toEqual(recorder.values.toSorted());
    });

    test('goes on after what was committed', async () => {
      const { bus, first, second, group } = await withTopics();
      await bus.send([...numbered(first, 0, 50), ...numbered(second, 50, 60)]);
      const { recorder, subscription } = await readAll(bus, group, [first, second], 60);
      const settled = recorder.heard.filter(({ topic }) => topic === first);
      expect(await subscription.commit(recorder.generation ?? 0, nextPositions(settled))).toBe(true);
      await subscription.stop();
      const later = numbered(first, 60, 70);
      await bus.send(later);
      const again = await readAll(await makeBus(), group, [first, second], 20);
      await delay(200);
      expect(again.recorder.values.toSorted()).toEqual(
        [...valuesOf(numbered(second, 50, 60)), ...valuesOf(later)].toSorted(),
      );
      expect(await subscription.commit(recorder.ended[0] ?? 0, nextPositions(recorder.heard))).toBe(false);
    });

    test('rebalances two members: nothing unseen, nothing owned twice, no commit of an ended generation', async () => {
      const { bus, first, second, group } = await withTopics();
      const ownership = new Ownership();
      const one = new KafkaRecorder({ ownership });
      const two = new KafkaRecorder({ ownership });
      const topics = [first, second];
      const subscriptionOne = await bus.subscribe({ group, topics }, one);
      await until('one joined', () => one.assignment.length === 2 * PARTITIONS, CONSUMES_WITHIN_MS);
      const alone = one.generation ?? 0;
      await bus.send(numbered(first, 0, 100));
      await until('100 records', () => one.heard.length === 100);

      const subscriptionTwo = await (await makeBus()).subscribe({ group, topics }, two);
      await until(
        'both own half',
        () => one.assignment.length === PARTITIONS && two.assignment.length === PARTITIONS,
        CONSUMES_WITHIN_MS,
      );
      expect(await subscriptionOne.commit(alone, nextPositions(one.heard))).toBe(false);
      for (const { assignment } of [one, two]) {
        const numbers = topics.map((topic) =>
          assignment.filter((each) => each.topic === topic).map(({ partition }) => partition),
        );
        expect(numbers[0]).toHaveLength(PARTITIONS / 2);
        expect(numbers[1]?.toSorted()).toEqual(numbers[0]?.toSorted());
      }
      await bus.send([...numbered(first, 100, 200), ...numbered(second, 200, 300)]);
      const seen = () => new Set([...one.values, ...two.values]);
      await until('all 300', () => seen().size === 300);
      expect(two.heard.length).toBeGreaterThan(0);

      const shared = two.generation ?? 0;
      expect(await subscriptionTwo.commit(shared, nextPositions(two.heard))).toBe(true);
      await subscriptionOne.stop();
      await until('two owns all', () => two.assignment.length === 2 * PARTITIONS, CONSUMES_WITHIN_MS);
      expect(await subscriptionTwo.commit(shared, nextPositions(two.heard))).toBe(false);
      expect(ownership.conflicts).toEqual([]);
      expect([...one.breaches, ...two.breaches]).toEqual([]);
    });

    test('carries keys, bytes, headers and tombstones as they are', async () => {
      const { bus, first, group } = await withTopics(1);
      const bytes = Buffer.from([0, 1, 127, 128, 255, 10]);
      const offset = Buffer.alloc(8);
      offset.writeBigInt64BE(2n ** 62n);
      await bus.send([
        {
          topic: first,
          key: 'a',
          value: bytes,
          headers: { 'cio-round': 'x:1', raw: bytes, empty: '', offset },
        },
        { topic: first, key: 'a', value: null, headers: { text: 'Grüße' } },
        { topic: first, key: null, value: '' },
        { topic: first, key: null, value: null },
      ]);
      const { recorder } = await readAll(bus, group, [first], 4);
      const plain = recorder.heard.map(({ key, value, headers }) => ({ key, value, headers }));
      expect(plain).toEqual([
        {
          key: 'a',
          value: bytes,
          headers: { 'cio-round': Buffer.from('x:1'), raw: bytes, empty: Buffer.alloc(0), offset },
        },
        { key: 'a', value: null, headers: { text: Buffer.from('Grüße') } },
        { key: null, value: Buffer.alloc(0), headers: {} },
        { key: null, value: null, headers: {} },
      ]);
    });

    test('spreads records without a key over the partitions', async () => {
      const { bus, first } = await withTopics();
      await bus.send(Array.from({ length: 40 }, () => ({ topic: first, key: null, value: 'x' })));
      const ends = await bus.endOffsets(first);
      expect(ends.map(({ offset }) => offset)).toEqual([10, 10, 10, 10]);
    });

    test('refuses a record that is one byte too large and writes nothing of its list', async () => {
      const { bus, first } = await withTopics(1);
      const empty = batchBytes({ topic: first, key: 'a', value: Buffer.alloc(1_000_000) }) - 1_000_000;
      const record = (batch: number): OutgoingRecord => ({
        topic: first,
        key: 'a',
        value: Buffer.alloc(batch - empty, 1),
      });
      expect(batchBytes(record(STOCK_MAX_MESSAGE_BYTES))).toBe(STOCK_MAX_MESSAGE_BYTES);
      const refused = bus.send([{ topic: first, key: 'b', value: 'x' }, record(STOCK_MAX_MESSAGE_BYTES + 1)]);
      expect(await rejectionOf(refused)).toMatchObject({ code: 'message_too_large', retryable: false });
      expect(await bus.endOffsets(first)).toEqual([{ topic: first, partition: 0, offset: 0 }]);
      await bus.send([record(STOCK_MAX_MESSAGE_BYTES)]);
      expect(await bus.endOffsets(first)).toEqual([{ topic: first, partition: 0, offset: 1 }]);
    });

    test('takes a list that is larger than the largest record, in order', async () => {
      const { bus, first, second, group } = await withTopics(1);
      const large = 'x'.repeat(200_000);
      const sent = Array.from({ length: 20 }, (_, index) => ({
        topic: index % 2 === 0 ? first : second,
        key: 'a',
        value: `${String(index).padStart(2, '0')}${large}`,
      }));
      await bus.send(sent);
      const { recorder } = await readAll(bus, group, [first, second], 20);
      const numbersOf = (topic: string) =>
        recorder.heard
          .filter((record) => record.topic === topic)
          .map(({ value }) => Number(value?.toString('utf8', 0, 2)));
      expect(numbersOf(first)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
      expect(numbersOf(second)).toEqual([1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
    });

    test('loses and repeats nothing by pausing and resuming', async () => {
      const { bus, first, second, group } = await withTopics();
      await bus.send([...numbered(first, 0, 700), ...numbered(second, 700, 1400)]);
      let subscription: BusSubscription | undefined;
      let pausing = true;
      let late = 0;
      const paused = new Set<string>();
      const recorder = new KafkaRecorder({
        onRecords: (_, records) => {
          const [record] = records;
          if (record === undefined) return;
          const partition = { topic: record.topic, partition: record.partition };
          if (paused.has(JSON.stringify(partition))) late += 1;
          if (!pausing) return;
          // At the first records everything is paused: of the others some are fetched by now.
          for (const each of recorder.assignment) paused.add(JSON.stringify(each));
          subscription?.pause(recorder.assignment);
        },
      });
      subscription = await bus.subscribe({ group, topics: [first, second] }, recorder);
      await until('first records', () => recorder.heard.length > 0, CONSUMES_WITHIN_MS);
      await bus.send(numbered(first, 1400, 1500));
      await delay(500);
      const whilePaused = recorder.heard.length;
      expect(whilePaused).toBeLessThan(1500);
      expect(late).toBe(0);
      for (const partition of recorder.assignment) {
        paused.delete(JSON.stringify(partition));
        subscription.resume([partition]);
        await delay(20);
        for (const each of recorder.assignment) paused.add(JSON.stringify(each));
        subscription.pause(recorder.assignment);
      }
      pausing = false;
      paused.clear();
      subscription.resume(recorder.assignment);
      await until('all 1500', () => recorder.heard.length >= 1500);
      await delay(200);
      expect(recorder.heard).toHaveLength(1500);
      expect(new Set(recorder.values).size).toBe(1500);
      expect(recorder.breaches).toEqual([]);
    });

    test('ends a pause with its generation', async () => {
      const { bus, first, group } = await withTopics();
      const one = new KafkaRecorder();
      const subscription = await bus.subscribe({ group, topics: [first] }, one);
      await until('one joined', () => one.assignment.length === PARTITIONS, CONSUMES_WITHIN_MS);
      subscription.pause(one.assignment);
      const two = new KafkaRecorder();
      await (await makeBus()).subscribe({ group, topics: [first] }, two);
      const both = () => one.assignment.length + two.assignment.length;
      await until(
        'both joined',
        () => two.assignment.length > 0 && both() === PARTITIONS,
        CONSUMES_WITHIN_MS,
      );
      await bus.send(numbered(first, 0, 50));
      await until('all 50', () => one.heard.length + two.heard.length === 50);
      expect(one.heard.length).toBeGreaterThan(0);
    });

    test('tells all faults of the topics in one message', async () => {
      const bus = await makeBus();
      const three = topicNamed('three');
      const five = topicNamed('five');
      const alone = topicNamed('alone', false);
      const missing = topicNamed('missing');
      await bus.ensureTopics([three], 'create', 3);
      await bus.ensureTopics([alone], 'create', 1);
      await bus.ensureTopics([five], 'create', 5);
      await bus.ensureTopics([three, alone], 'verify');
      const fault = await rejectionOf(bus.ensureTopics([three, five, alone, missing], 'verify'));
      expect(fault).toMatchObject({ code: 'topics_wrong', retryable: false });
      const message = Error.isError(fault) ? fault.message : '';
      expect(message).toContain(`${missing.name}: the topic is missing`);
      expect(message).toContain(`${five.name}: partitions is 5, must be 3, as ${three.name} has`);
      expect(message).not.toContain(alone.name);
      expect(message).toMatch(/run `cio-platform kafka apply`\.$/);
      expect(await rejectionOf(bus.ensureTopics([missing], 'verify'))).toMatchObject({
        code: 'topics_wrong',
      });
      await bus.ensureTopics([three, missing], 'create', 3);
      expect(await bus.endOffsets(missing.name)).toHaveLength(3);
    });

    test('rejects a send to a topic that does not exist with unavailable', async () => {
      const { bus, first } = await withTopics();
      const sending = bus.send([{ topic: `${first}-not`, key: 'a', value: 'x' }]);
      expect(await rejectionOf(sending)).toMatchObject({ code: 'unavailable', retryable: true });
      await bus.send(numbered(first, 0, 1));
    });

    test('is silent after stop and refuses to send after close', async () => {
      const { bus, first, group } = await withTopics();
      const { recorder, subscription } = await (async () => {
        await bus.send(numbered(first, 0, 5));
        return readAll(bus, group, [first], 5);
      })();
      await subscription.stop();
      await bus.send(numbered(first, 5, 10));
      await delay(300);
      expect(recorder.heard).toHaveLength(5);
      expect(recorder.generation).toBeUndefined();
      await bus.close();
      expect(await rejectionOf(bus.send(numbered(first, 0, 1)))).toMatchObject({ code: 'unavailable' });
    });

    const takingAway = whyNotUnavailable === undefined ? test : test.skip;
    takingAway(
      `survives the broker going away and coming back ${whyNotUnavailable ?? ''}`.trim(),
      async () => {
        const backend = backendOf();
        const { bus, first, group } = await withTopics();
        await bus.send(numbered(first, 0, 20));
        const { recorder, subscription } = await readAll(bus, group, [first], 20);
        expect(await subscription.commit(recorder.generation ?? 0, nextPositions(recorder.heard))).toBe(true);
        await backend.makeUnavailable();
        const started = Date.now();
        expect(await rejectionOf(bus.send(numbered(first, 20, 30)))).toMatchObject({
          code: 'unavailable',
          retryable: true,
        });
        expect(Date.now() - started).toBeLessThan(9_000);
        await backend.makeAvailable();
        await bus.send(numbered(first, 30, 40));
        const expected = valuesOf(numbered(first, 30, 40));
        await until(
          'the records sent afterwards',
          () => expected.every((value) => recorder.values.includes(value)),
          CONSUMES_WITHIN_MS,
        );
        expect(recorder.breaches).toEqual([]);
        await until('a generation', () => recorder.generation !== undefined, CONSUMES_WITHIN_MS);
        expect(await subscription.commit(recorder.generation ?? 0, nextPositions(recorder.heard))).toBe(true);
      },
    );
  });
}
