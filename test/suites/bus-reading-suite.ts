import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { Position } from '../../app/kafka/port.ts';
import { KafkaRecorder, until } from '../support/kafka-recorder.ts';
import { type BusWorld, CONSUMES_WITHIN_MS, numbered, readAll, rejectionOf } from './bus-world.ts';

const DAY_MS = 86_400_000;

const offsetsOf = (positions: readonly Position[]): readonly number[] =>
  positions.toSorted((a, b) => a.partition - b.partition).map(({ offset }) => offset);

/** Reading from a time, and from positions. */
export function busReadingSuite({ withTopics }: BusWorld): void {
  test('tells where a time begins in each partition', async () => {
    const { bus, first, group } = await withTopics();
    await bus.send(numbered(first, 0, 70));
    const before = await bus.endOffsets(first);
    await delay(30);
    await bus.send(numbered(first, 70, 140));
    const ends = await bus.endOffsets(first);
    const { recorder } = await readAll(bus, group, [first], 140);
    const second = recorder.heard.filter(({ value }) => Number(value?.toString()) >= 70);
    const appended = Math.min(...second.map(({ timestamp }) => timestamp));
    expect(offsetsOf(await bus.offsetsAt(first, appended))).toEqual(offsetsOf(before));
    expect(offsetsOf(await bus.offsetsAt(first, appended - DAY_MS))).toEqual([0, 0, 0, 0]);
    const last = Math.max(...second.map(({ timestamp }) => timestamp));
    expect(offsetsOf(await bus.offsetsAt(first, last + 1))).toEqual(offsetsOf(ends));
    expect((await bus.offsetsAt(first, appended)).every(({ topic }) => topic === first)).toBe(true);
  });

  test('tells no time of a topic that does not exist', async () => {
    const { bus, first } = await withTopics();
    expect(await rejectionOf(bus.offsetsAt(`${first}-not`, 0))).toMatchObject({ code: 'unavailable' });
  });

  test('begins where a reader says, and at the beginning where it says nothing', async () => {
    const { bus, first, group } = await withTopics(2);
    await bus.send(numbered(first, 0, 200));
    const [zero, one] = offsetsOf(await bus.endOffsets(first));
    const from = [{ topic: first, partition: 0, offset: (zero ?? 0) - 3 }];
    const recorder = new KafkaRecorder();
    const subscription = await bus.subscribe({ group, topics: [first], from }, recorder);
    const expected = 3 + (one ?? 0);
    await until('what is asked for', () => recorder.heard.length >= expected, CONSUMES_WITHIN_MS);
    await delay(200);
    const heard = (partition: number): readonly number[] =>
      recorder.heard.filter((record) => record.partition === partition).map(({ offset }) => offset);
    expect(heard(0)).toEqual([0, 1, 2].map((index) => (zero ?? 0) - 3 + index));
    expect(heard(1)).toEqual(Array.from({ length: one ?? 0 }, (_, index) => index));
    await subscription.stop();
  });

  test('hears what comes after the end where a reader begins there, whatever its group had before', async () => {
    const { bus, first, group } = await withTopics(1);
    await bus.send(numbered(first, 0, 20));
    const { subscription } = await readAll(bus, group, [first], 20);
    await subscription.stop();
    const recorder = new KafkaRecorder();
    await bus.subscribe({ group, topics: [first], from: await bus.endOffsets(first) }, recorder);
    await until('joined', () => recorder.generation !== undefined, CONSUMES_WITHIN_MS);
    await bus.send(numbered(first, 20, 25));
    await until('5 records', () => recorder.heard.length >= 5, CONSUMES_WITHIN_MS);
    expect(recorder.values).toEqual(['20', '21', '22', '23', '24']);
  });
}
