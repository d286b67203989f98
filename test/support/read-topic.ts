import type { Bus, BusRecord } from '../../app/kafka/port.ts';
import { eventually } from './child.ts';

/** Reads everything a topic holds now, in offset order per partition. */
export const readTopic = async (bus: Bus, topic: string): Promise<readonly BusRecord[]> => {
  const ends = await bus.endOffsets(topic);
  const wanted = ends.reduce((sum, end) => sum + end.offset, 0);
  const records: BusRecord[] = [];
  const subscription = await bus.subscribe(
    { group: `reader-${Math.random().toString(36).slice(2)}`, topics: [topic] },
    {
      joined: () => undefined,
      revoked: () => undefined,
      records: (_generation, batch) => void records.push(...batch),
    },
  );
  await eventually(
    () => `${records.length} of ${wanted} records of ${topic}`,
    async () => records.length >= wanted,
    30_000,
  );
  await subscription.stop();
  return records;
};
