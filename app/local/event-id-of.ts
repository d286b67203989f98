import { readItem } from '../delivery/read-item.ts';
import type { BusRecord } from '../kafka/port.ts';

/** The id under which Customer.io is sent the event of a record, as the worker derives it; undefined where it cannot be sent. */
export const eventIdOf = (record: BusRecord): string | undefined => {
  const item = readItem(record);
  return item.kind === 'item' ? item.id : undefined;
};
