import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { until } from '../support/kafka-recorder.ts';
import {
  type BusWorld,
  CONSUMES_WITHIN_MS,
  nextPositions,
  numbered,
  readAll,
  rejectionOf,
  topicNamed,
  valuesOf,
} from './bus-world.ts';

/** Topics, closing, and a broker that goes away. */
export function busBrokerSuite({ backend, makeBus, withTopics }: BusWorld, whyNotUnavailable?: string): void {
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

  takingAway(`survives the broker going away and coming back ${whyNotUnavailable ?? ''}`.trim(), async () => {
    const { bus, first, group } = await withTopics();
    await bus.send(numbered(first, 0, 20));
    const { recorder, subscription } = await readAll(bus, group, [first], 20);
    expect(await subscription.commit(recorder.generation ?? 0, nextPositions(recorder.heard))).toBe(true);
    await backend().makeUnavailable();
    const started = Date.now();
    expect(await rejectionOf(bus.send(numbered(first, 20, 30)))).toMatchObject({
      code: 'unavailable',
      retryable: true,
    });
    expect(Date.now() - started).toBeLessThan(9_000);
    await backend().makeAvailable();
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
  });
}
