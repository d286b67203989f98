import { isUtf8 } from 'node:buffer';
import type { TopicSettings } from '../contract/topics.ts';
import type { MemoryLog } from './memory-log.ts';
import type { BusRecord, Position } from './port.ts';

const VERSION = 1;

/** Bytes as JSON: text where they are UTF-8, else base64. */
type Bytes = string | { readonly base64: string };

type Line =
  /** The number of all lines tells a text that was cut. Older texts lack it. */
  | { readonly kind: 'log'; readonly version: number; readonly lines?: number }
  | { readonly kind: 'topic'; readonly settings: TopicSettings; readonly starts: readonly number[] }
  | {
      readonly kind: 'record';
      readonly topic: string;
      readonly partition: number;
      readonly timestamp: number;
      readonly key: string | null;
      readonly value: Bytes | null;
      readonly headers: Readonly<Record<string, Bytes>>;
    }
  | {
      readonly kind: 'group';
      readonly name: string;
      readonly topics: readonly string[];
      readonly committed: readonly Position[];
    };

const encode = (bytes: Buffer): Bytes =>
  isUtf8(bytes) ? bytes.toString() : { base64: bytes.toString('base64') };

const decode = (bytes: Bytes): Buffer =>
  typeof bytes === 'string' ? Buffer.from(bytes) : Buffer.from(bytes.base64, 'base64');

/** Everything that `log` holds, as JSON lines: topics, records with offsets and append times, committed positions. */
export function writeSnapshot(log: MemoryLog): string {
  const lines = [...linesOf(log)].map((line) => `${JSON.stringify(line)}\n`);
  const head: Line = { kind: 'log', version: VERSION, lines: lines.length + 1 };
  return `${JSON.stringify(head)}\n${lines.join('')}`;
}

function* linesOf(log: MemoryLog): Generator<Line> {
  for (const { settings, partitions } of log.topics.values()) {
    yield { kind: 'topic', settings, starts: partitions.map(({ start }) => start) };
    for (const partition of partitions) {
      for (const record of partition.read(partition.start, partition.end - partition.start)) {
        yield recordLine(record);
      }
    }
  }
  for (const group of log.groups.values()) {
    yield {
      kind: 'group',
      name: group.name,
      topics: [...group.topics],
      committed: group.committedPositions(),
    };
  }
}

function recordLine({ topic, partition, timestamp, key, value, headers }: BusRecord): Line {
  return {
    kind: 'record',
    topic,
    partition,
    timestamp,
    key,
    value: value === null ? null : encode(value),
    headers: Object.fromEntries(Object.entries(headers).map(([name, bytes]) => [name, encode(bytes)])),
  };
}

/**
 * Puts what {@link writeSnapshot} wrote into `log`.
 *
 * @param log a log without topics and groups
 * @throws Error when `log` holds something already, or the text is damaged: says in which line
 */
export function readSnapshot(log: MemoryLog, text: string): void {
  if (log.topics.size > 0 || log.groups.size > 0) {
    throw new Error('a snapshot is restored into an empty log, before topics are made and groups joined');
  }
  const lines = text.split('\n').filter((line) => line !== '');
  let wanted: number | undefined;
  for (const [index, line] of lines.entries()) {
    try {
      const taken = JSON.parse(line) as Line;
      if (index === 0) wanted = linesWanted(taken) ?? lines.length;
      else takeLine(log, taken);
    } catch (cause) {
      throw new Error(`the snapshot of the in-memory log is damaged in line ${index + 1}`, { cause });
    }
  }
  if (lines.length !== wanted) {
    throw new Error(
      `the snapshot of the in-memory log was cut: it has ${lines.length} of ${wanted ?? 'its'} lines`,
    );
  }
}

function linesWanted(first: Line): number | undefined {
  if (first.kind === 'log' && first.version === VERSION) return first.lines;
  throw new Error(`its first line must be of kind log, version ${VERSION}`);
}

function takeLine(log: MemoryLog, line: Line): void {
  if (line.kind === 'topic') return log.createTopic(line.settings, line.starts);
  if (line.kind === 'group') {
    const group = log.group(line.name);
    for (const topic of line.topics) group.topics.add(topic);
    return group.commit(line.committed);
  }
  if (line.kind !== 'record') throw new Error('a line of this kind is not known');
  const partition = log.partitionsOf(line.topic)[line.partition];
  if (partition === undefined) throw new Error(`no partition ${line.partition} of ${line.topic}`);
  const headers = Object.fromEntries(
    Object.entries(line.headers).map(([name, bytes]) => [name, decode(bytes)]),
  );
  const value = line.value === null ? null : decode(line.value);
  partition.append({ topic: line.topic, key: line.key, value, headers }, line.timestamp);
}
