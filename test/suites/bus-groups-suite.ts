import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { BusSubscription } from '../../app/kafka/port.ts';
import { KafkaRecorder, Ownership, until } from '../support/kafka-recorder.ts';
import {
  type BusWorld,
  CONSUMES_WITHIN_MS,
  nextPositions,
  numbered,
  PARTITIONS,
  readAll,
  valuesOf,
} from './bus-world.ts';

/** Members, generations, commits and pauses. */
export function busGroupsSuite({ makeBus, withTopics }: BusWorld): void {
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
    await until('both joined', () => two.assignment.length > 0 && both() === PARTITIONS, CONSUMES_WITHIN_MS);
    await bus.send(numbered(first, 0, 50));
    await until('all 50', () => one.heard.length + two.heard.length === 50);
    expect(one.heard.length).toBeGreaterThan(0);
  });
}
