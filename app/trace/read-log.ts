import { randomUUID } from 'node:crypto';
import type { Bus, BusRecord, Position } from '../kafka/port.ts';

/** What reading a topic takes of the bus. */
export type ReadableBus = Pick<Bus, 'endOffsets' | 'offsetsAt' | 'subscribe'>;

/** How far a topic is read. */
export interface ReadLimits {
  /** Records appended before are passed over: milliseconds since 1970. */
  readonly since: number;
  /** Most records to look at: the newest. */
  readonly max: number;
  /** Milliseconds until it ends with what it has. */
  readonly withinMs: number;
  /** Milliseconds without a record after which the end counts as reached if the bus still answers: some offsets hold none. */
  readonly quietMs: number;
}

interface Span {
  readonly partition: number;
  next: number;
  readonly end: number;
}

const lengthOf = ({ next, end }: Span): number => Math.max(0, end - next);

/** What is still to be read: of each partition its newest records. */
class Spans {
  readonly #all: readonly Span[];
  readonly #left: Map<number, Span>;
  /** Whether everything in the range is read, and not only the newest of it. */
  readonly isWhole: boolean;

  constructor(starts: readonly Position[], ends: readonly Position[], max: number) {
    const startOf = new Map(starts.map(({ partition, offset }) => [partition, offset]));
    const spans = ends
      .map(({ partition, offset: end }) => ({ partition, next: startOf.get(partition) ?? 0, end }))
      .toSorted((a, b) => lengthOf(a) - lengthOf(b));
    let left = max;
    this.isWhole = spans.reduce((sum, span) => sum + lengthOf(span), 0) <= max;
    spans.forEach((span, index) => {
      // What a short partition leaves of its share goes to the longer ones.
      const share = Math.min(lengthOf(span), Math.floor(left / (spans.length - index)));
      left -= share;
      span.next = span.end - share;
    });
    this.#all = spans;
    this.#left = new Map(spans.filter((span) => lengthOf(span) > 0).map((span) => [span.partition, span]));
  }

  get isRead(): boolean {
    return this.#left.size === 0;
  }

  /** Where each partition is gone on: also one of which nothing is read, lest it begin at its beginning. */
  positions(topic: string): readonly Position[] {
    return this.#all.map(({ partition, next }) => ({ topic, partition, offset: next }));
  }

  /** Whether a record is one of those that are to be read; one that was read before is not. */
  take({ partition, offset }: BusRecord): boolean {
    const span = this.#left.get(partition);
    if (span === undefined || offset < span.next) return false;
    span.next = offset + 1;
    if (span.next >= span.end) this.#left.delete(partition);
    return offset < span.end;
  }
}

/** Calls back where nothing has touched it for a while. */
const quietTimer = (ms: number, onQuiet: () => void): { touch: () => void; stop: () => void } => {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => clearTimeout(timer);
  const touch = (): void => {
    stop();
    timer = setTimeout(onQuiet, ms);
  };
  return { touch, stop };
};

const answers = (bus: ReadableBus, topic: string): Promise<boolean> =>
  bus.endOffsets(topic).then(
    () => true,
    () => false,
  );

/**
 * Reads what a topic holds now since a time, the newest records where there are more than `max`, in a group of its own that
 * commits nothing.
 *
 * @param onRecord called for each record since `since`
 * @returns whether everything since then was read
 * @throws BusError
 * @example await readLog(bus, 'customerio.dlq', limits, (record) => found.push(record))
 */
export const readLog = async (
  bus: ReadableBus,
  topic: string,
  limits: ReadLimits,
  onRecord: (record: BusRecord) => void,
): Promise<boolean> => {
  const starts = await bus.offsetsAt(topic, limits.since);
  const spans = new Spans(starts, await bus.endOffsets(topic), limits.max);
  if (spans.isRead) return spans.isWhole;
  const { promise: done, resolve: finish } = Promise.withResolvers<boolean | Promise<boolean>>();
  const quiet = quietTimer(limits.quietMs, () => finish(answers(bus, topic)));
  const from = spans.positions(topic);
  const subscription = await bus.subscribe(
    { group: `customerio-trace-${randomUUID()}`, topics: [topic], from },
    {
      joined: () => quiet.touch(),
      revoked: () => quiet.stop(),
      records: (_generation, batch) => {
        quiet.touch();
        for (const record of batch) {
          if (spans.take(record) && record.timestamp >= limits.since) onRecord(record);
        }
        if (spans.isRead) finish(true);
      },
    },
  );
  const late = setTimeout(() => finish(false), limits.withinMs);
  try {
    return (await done) && spans.isWhole;
  } finally {
    quiet.stop();
    clearTimeout(late);
    await subscription.stop();
  }
};
