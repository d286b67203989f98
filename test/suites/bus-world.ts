import { randomUUID } from 'node:crypto';
import { afterEach } from '@jest/globals';
import type { TopicSettings } from '../../app/contract/topics.ts';
import type { Bus, BusRecord, BusSubscription, OutgoingRecord, Position } from '../../app/kafka/port.ts';
import { KafkaRecorder, until } from '../support/kafka-recorder.ts';

/** What the suite runs on. Every bus it makes reads and writes the same log. */
export interface BusBackend {
  makeBus(): Bus;
  /** Takes the broker away until {@link makeAvailable}; records and groups survive. */
  makeUnavailable(): Promise<void>;
  makeAvailable(): Promise<void>;
}

export const PARTITIONS = 4;
export const CONSUMES_WITHIN_MS = 60_000;

export const topicNamed = (name: string, coPartitioned = true): TopicSettings => ({
  name: `${name}-${randomUUID().slice(0, 8)}`,
  purpose: 'a test',
  retentionMs: 3_600_000,
  coPartitioned,
});

export const nextPositions = (records: readonly BusRecord[]): readonly Position[] => {
  const positions = new Map<string, Position>();
  for (const { topic, partition, offset } of records) {
    positions.set(`${topic}/${partition}`, { topic, partition, offset: offset + 1 });
  }
  return [...positions.values()];
};

export const numbered = (topic: string, from: number, to: number): OutgoingRecord[] =>
  Array.from({ length: to - from }, (_, index) => ({
    topic,
    key: `person-${(from + index) % 7}`,
    value: String(from + index),
  }));

export const valuesOf = (records: readonly OutgoingRecord[]): string[] =>
  records.map(({ value }) => String(value));

export const rejectionOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'resolved',
    (error: unknown) => error,
  );

/** A world for one adapter's tests: it makes buses, and closes them after each test. */
export interface BusWorld {
  readonly backend: () => BusBackend;
  makeBus(): Promise<Bus>;
  /** A connected bus, two co-partitioned topics and a group of the test's own. */
  withTopics(partitions?: number): Promise<{ bus: Bus; first: string; second: string; group: string }>;
}

export function busWorld(backend: () => BusBackend): BusWorld {
  const open: Bus[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((bus) => bus.close()));
  });
  const makeBus = async (): Promise<Bus> => {
    const bus = backend().makeBus();
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
  return { backend, makeBus, withTopics };
}

/** Subscribes and waits until `count` records were heard. */
export async function readAll(
  bus: Bus,
  group: string,
  topics: readonly string[],
  count: number,
): Promise<{ recorder: KafkaRecorder; subscription: BusSubscription }> {
  const recorder = new KafkaRecorder();
  const subscription = await bus.subscribe({ group, topics }, recorder);
  await until(`${count} records`, () => recorder.heard.length >= count, CONSUMES_WITHIN_MS);
  return { recorder, subscription };
}
