import type { Newest, StrayTable, WarehouseRow, WarehouseSearch } from '../../app/bigquery/port.ts';
import { deadLetterHeaders } from '../../app/contract/dead-letter.ts';
import { HEADERS } from '../../app/contract/record.ts';
import { TOPICS } from '../../app/contract/topics.ts';
import { eventId } from '../../app/delivery/engine/event-id.ts';
import { InMemoryBus } from '../../app/kafka/in-memory-bus.ts';
import { MemoryLog } from '../../app/kafka/memory-log.ts';

export const NOW = Date.UTC(2026, 10, 24, 12);
export const MINUTE = 60_000;
export const iso = (ms: number): string => new Date(ms).toISOString();

/** The event id of the track event `m1` of the person `u1`. */
export const ID = eventId({ source: 'shop', type: 'track', key: 'u1', name: 'Bought', messageId: 'm1' });

const value = (messageId: string, userId: string): string =>
  JSON.stringify({
    v: 1,
    type: 'track',
    userId,
    messageId,
    timestamp: iso(NOW - 30 * MINUTE),
    receivedAt: iso(NOW - 30 * MINUTE),
    correlationId: `c-${messageId}`,
    source: 'shop',
    payload: { event: 'Bought', properties: {} },
  });

/** Stores of a trace that a test fills, at times that it sets. */
export class TraceStoresWorld {
  /** When the next thing happens, milliseconds since 1970. */
  at = NOW - 30 * MINUTE;
  /** Rows of delivery_events. */
  readonly rows: WarehouseRow[] = [];
  /** Rows of the other tables; those of `dead_letters` only where a test makes them. */
  readonly strays: Partial<Record<StrayTable, WarehouseRow[]>> = { quarantine: [] };
  readonly bus = new InMemoryBus({ log: new MemoryLog({ now: () => this.at }) });

  async start(): Promise<this> {
    await this.bus.ensureTopics(Object.values(TOPICS), 'create', 3);
    return this;
  }

  readonly warehouse: WarehouseSearch = {
    mostValues: 50,
    rows: () => Promise.reject(new Error('a trace asks for the newest')),
    newest: async ({ anyOf, from, to }, most) => {
      const found = this.rows.filter((row) => {
        const time = Date.parse(String(row['timestamp']));
        const fits = anyOf.some(({ column, values }) => values.includes(String(row[column])));
        return fits && time >= from && time < to;
      });
      return newest(found, 'timestamp', most);
    },
    strays: async ({ ids }, most) => {
      const found = Object.entries(this.strays).map(([table, rows]) => {
        const some = rows.filter((row) => Object.values(row).some((cell) => ids.includes(String(cell))));
        return [table, newest(some, 'happened_at', most)];
      });
      return Object.fromEntries(found) as Partial<Record<StrayTable, Newest>>;
    },
  };

  accept(messageId: string, key = 'u1'): Promise<void> {
    return this.bus.send([{ topic: TOPICS.track.name, key, value: value(messageId, key) }]);
  }

  processed(id: string, outcome: string): Promise<void> {
    const rows = [
      ['u9', 'OTHER', 'delivered'],
      ['u1', id, outcome],
    ];
    const batch = JSON.stringify({ v: 1, kind: 'batch', at: iso(this.at), rows });
    return this.bus.send([{ topic: TOPICS.processed.name, key: null, value: batch }]);
  }

  bury(messageId: string): Promise<void> {
    const facts = {
      topic: TOPICS.track.name,
      origin: { partition: 0, offset: 0, timestamp: this.at, group: 'g' },
      code: 'refused',
      stage: 'deliver',
      message: 'name must not be empty',
      attempts: 1,
      correlationId: `c-${messageId}`,
      redriveCount: 0,
    } as const;
    const headers = { ...deadLetterHeaders(facts), [HEADERS.eventId]: ID };
    return this.bus.send([{ topic: TOPICS.dlq.name, key: 'u1', value: value(messageId, 'u1'), headers }]);
  }

  message(metric: string, more: object = {}): void {
    this.rows.push({
      delivery_id: 'd1',
      trigger_event_id: ID,
      person_id: 'u1',
      object_type: 'email',
      metric,
      timestamp: iso(this.at),
      refilled: false,
      event_id: `w-${metric}`,
      correlation_id: `r-${metric}`,
      ...more,
    });
  }
}

const newest = (rows: readonly WarehouseRow[], column: string, most: number): Newest => {
  const sorted = rows.toSorted((a, b) => String(b[column]).localeCompare(String(a[column])));
  return { rows: sorted.slice(0, most), complete: sorted.length <= most };
};
