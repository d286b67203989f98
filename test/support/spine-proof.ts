import type { EventRecord } from '../../app/contract/record.ts';
import { TOPICS } from '../../app/contract/topics.ts';
import type { Bus } from '../../app/kafka/port.ts';
import { readTopic } from './read-topic.ts';

/** A person as the fake shows it. */
export interface SeenPerson {
  readonly id: string;
  readonly attributes: { readonly n?: number };
  readonly events: readonly { readonly id: string; readonly attributes: { readonly n: number } }[];
  readonly arrivals: readonly { readonly action: string; readonly attributes?: { readonly n: number } }[];
}

/** A record of a topic, as far as the proof needs it. */
export interface Written {
  readonly n: number;
  readonly person: string;
  readonly seconds: number;
  readonly refused: boolean;
}

const nOf = ({ payload }: EventRecord): { readonly n: number; readonly phone?: string } =>
  (payload['traits'] ?? payload['properties']) as { n: number; phone?: string };

/** Everything a topic of events holds, in the order of its partitions. */
export const writtenTo = async (bus: Bus, topic: string): Promise<readonly Written[]> => {
  const records = await readTopic(bus, topic);
  return records.map(({ value }) => {
    const record = JSON.parse(String(value)) as EventRecord;
    const facts = nOf(record);
    const seconds = Math.floor(Date.parse(record.timestamp) / 1000);
    return { n: facts.n, person: String(record.userId), seconds, refused: facts.phone !== undefined };
  });
};

/** `n` of every dead letter. */
export const deadLetters = async (bus: Bus): Promise<ReadonlySet<number>> => {
  const records = await readTopic(bus, TOPICS.dlq.name);
  return new Set(records.map(({ value }) => nOf(JSON.parse(String(value)) as EventRecord).n));
};

/** First occurrences, in order. */
export const firsts = (ns: readonly number[]): readonly number[] => [...new Set(ns)];

/** The `n` of a person's records in a topic, in the log's order, as far as they were applied. */
export const orderOf = (
  written: readonly Written[],
  person: string,
  applied: ReadonlySet<number>,
): readonly number[] =>
  firsts(written.filter((record) => record.person === person && applied.has(record.n)).map(({ n }) => n));

/** The `n` of the identify that must have the last word: the greatest effective second, the later record where they tie. */
export const lastWord = (identifies: readonly Written[], person: string): number | undefined => {
  const mine = identifies.filter((record) => record.person === person && !record.refused);
  return mine.reduce<Written | undefined>(
    (last, record) => (last && last.seconds > record.seconds ? last : record),
    undefined,
  )?.n;
};
