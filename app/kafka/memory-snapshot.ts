import { isUtf8 } from 'node:buffer';
import type { TopicSettings } from '../contract/topics.ts';
import type { MemoryLog } from './memory-log.ts';
import type { BusRecord, Position } from './port.ts';

const VERSION = 1;

/** Bytes as JSON: text where they are UTF-8, else base64. */
type Bytes = string | { readonly base64: string };

type Line =
  | { readonly kind: 'log'; readonly version: number }
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
  return [...linesOf(log)].map((line) => `${JSON.stringify(line)}\n`).join('');
}

function* linesOf(log: MemoryLog): Generator<Line> {
  yield { kind: 'log', version: VERSION };
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
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '') continue;
    try {
      takeLine(log, JSON.parse(line) as Line, index);
    } catch (cause) {
      throw new Error(`the snapshot of the in-memory log is damaged in line ${index + 1}`, { cause });
    }
  }
}

function takeLine(log: MemoryLog, line: Line, index: number): void {
  if (index === 0 && (line.kind !== 'log' || line.version !== VERSION)) {
    throw new Error(`its first line must be of kind log, version ${VERSION}`);
  }
  if (line.kind === 'topic') log.createTopic(line.settings, line.starts);
  if (line.kind === 'group') {
    const group = log.group(line.name);
    for (const topic of line.topics) group.topics.add(topic);
    group.commit(line.committed);
  }
  if (line.kind !== 'record') return;
  const partition = log.partitionsOf(line.topic)[line.partition];
  if (partition === undefined) throw new Error(`no partition ${line.partition} of ${line.topic}`);
  const headers = Object.fromEntries(
    Object.entries(line.headers).map(([name, bytes]) => [name, decode(bytes)]),
  );
  const value = line.value === null ? null : decode(line.value);
  partition.append({ topic: line.topic, key: line.key, value, headers }, line.timestamp);
}
