import { randomUUID } from 'node:crypto';
import type { Bus, BusRecord } from '../kafka/port.ts';

/** How far a topic is read. */
export interface ReadLimits {
  /** Records appended before are passed over: milliseconds since 1970. */
  readonly since: number;
  /** Most records to look at. */
  readonly max: number;
  /** Milliseconds until it ends with what it has. */
  readonly withinMs: number;
  /** Milliseconds without a record after which the end counts as reached: old records may be deleted. */
  readonly quietMs: number;
}

/** Whether a topic was read to the end that it had, and how many records were looked at. */
export interface ReadResult {
  readonly complete: boolean;
  readonly records: number;
}

/** Tells when every partition is read to its end. */
class Ends {
  readonly #left: Map<number, number>;

  constructor(ends: readonly { readonly partition: number; readonly offset: number }[]) {
    this.#left = new Map(ends.filter(({ offset }) => offset > 0).map((end) => [end.partition, end.offset]));
  }

  get reached(): boolean {
    return this.#left.size === 0;
  }

  read({ partition, offset }: BusRecord): void {
    if (offset + 1 >= (this.#left.get(partition) ?? Number.POSITIVE_INFINITY)) this.#left.delete(partition);
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

/**
 * Reads what a topic holds now, in a group of its own that commits nothing.
 *
 * @param onRecord called for each record since `since`
 * @throws BusError
 * @example await readLog(bus, 'customerio.dlq', limits, (record) => found.push(record))
 */
export const readLog = async (
  bus: Bus,
  topic: string,
  limits: ReadLimits,
  onRecord: (record: BusRecord) => void,
): Promise<ReadResult> => {
  const ends = new Ends(await bus.endOffsets(topic));
  if (ends.reached) return { complete: true, records: 0 };
  const { promise: done, resolve: finish } = Promise.withResolvers<boolean>();
  const quiet = quietTimer(limits.quietMs, () => finish(true));
  const late = setTimeout(() => finish(false), limits.withinMs);
  let records = 0;
  const take = (record: BusRecord): void => {
    if (records >= limits.max) return finish(false);
    records += 1;
    ends.read(record);
    if (record.timestamp >= limits.since) onRecord(record);
  };
  const subscription = await bus.subscribe(
    { group: `customerio-trace-${randomUUID()}`, topics: [topic] },
    {
      joined: () => quiet.touch(),
      revoked: () => undefined,
      records: (_generation, batch) => {
        quiet.touch();
        for (const record of batch) take(record);
        if (ends.reached) finish(true);
      },
    },
  );
  try {
    return { complete: await done, records };
  } finally {
    quiet.stop();
    clearTimeout(late);
    await subscription.stop();
  }
};
