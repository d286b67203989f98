import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PgliteThread } from '../../app/postgres/pglite-thread.ts';
import { LocalWarehouse } from '../../app/warehouse/local-warehouse.ts';
import { LocalWarehouseStream } from '../../app/warehouse/local-warehouse-stream.ts';
import { RowJournal } from '../../app/warehouse/row-journal.ts';
import { readEvent } from '../../app/webhooks/read-event.ts';
import { streamTo } from '../../app/webhooks/stream-to.ts';

const DAY = 24 * 60 * 60;
/** Noon of yesterday, UTC, in seconds: the views of the last days see it. */
export const NOON = Math.floor(Date.now() / 1000 / DAY) * DAY - DAY / 2;
/** The day of {@link NOON}. */
export const TODAY = new Date(NOON * 1000).toISOString().slice(0, 10);

/** A webhook as Customer.io posts it. */
export interface Posted {
  readonly event_id: string;
  readonly object_type: string;
  readonly metric: string;
  readonly timestamp: number;
  readonly data: object;
}

export interface WarehouseWorld {
  readonly journal: RowJournal;
  readonly stream: LocalWarehouseStream;
  readonly warehouse: LocalWarehouse;
  /** Why rows were left out. */
  readonly refused: string[];
  /** How often a database was started. */
  readonly started: () => number;
  /** Receives webhooks one after the other, as the receiver does. */
  receive(...posted: readonly Posted[]): Promise<void>;
  /** The rows of a query as objects. */
  query(sql: string): Promise<readonly Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** A warehouse in a folder of its own. */
export const warehouseWorld = async (idleMs?: number): Promise<WarehouseWorld> => {
  const folder = mkdtempSync(join(tmpdir(), 'cio-warehouse-'));
  const journal = await RowJournal.open(folder);
  const stream = new LocalWarehouseStream(journal, Date.now);
  const refused: string[] = [];
  let started = 0;
  const database = (): PgliteThread => {
    started += 1;
    return new PgliteThread();
  };
  const onRefused = (why: string): void => void refused.push(why);
  const warehouse = new LocalWarehouse({ journal, database, onRefused, ...(idleMs && { idleMs }) });
  const store = streamTo(stream);
  let receivedAt = (NOON + DAY) * 1000;
  const receive = async (...posted: readonly Posted[]): Promise<void> => {
    for (const event of posted) {
      receivedAt += 1;
      const facts = { receivedAt, correlationId: `c${receivedAt}`, timestampHeader: '1' };
      await store(readEvent(Buffer.from(JSON.stringify(event)), facts));
    }
  };
  const query = async (sql: string): Promise<readonly Record<string, unknown>[]> => {
    const { columns, rows } = await warehouse.query(sql);
    return rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index]])));
  };
  const close = async (): Promise<void> => {
    await warehouse.close();
    await stream.close();
    rmSync(folder, { recursive: true });
  };
  return { journal, stream, warehouse, refused, started: () => started, receive, query, close };
};
