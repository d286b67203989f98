import type { Router } from 'express';
import { LocalReader } from '../bigquery/local-reader.ts';
import { WarehouseReadError } from '../bigquery/port.ts';
import type { Bus } from '../kafka/port.ts';
import { PostgresError } from '../postgres/port.ts';
import { traceRouter } from '../trace/trace-router.ts';
import type { LocalWarehouse } from '../warehouse/local-warehouse.ts';
import { eventIdOf } from './event-id-of.ts';

const NOTHING = { columns: [], rows: [], truncated: false };

const readerOf = (warehouse: LocalWarehouse, signal: AbortSignal): LocalReader =>
  new LocalReader(async (sql) => {
    // Its database takes seconds to start.
    if (warehouse.rows === 0) return NOTHING;
    try {
      return await warehouse.query(sql, { signal });
    } catch (error) {
      if (!(error instanceof PostgresError)) throw error;
      throw new WarehouseReadError(`the warehouse of npm start: ${error.message}`, { cause: error });
    }
  });

/**
 * Traces of `npm start`, over its own bus, in memory or Kafka, and its warehouse.
 *
 * @param warehouse undefined where webhooks do not go to the local warehouse
 */
export const localTrace = (bus: Bus, warehouse: LocalWarehouse | undefined): Router =>
  traceRouter((gone) => ({ bus, warehouse: warehouse && readerOf(warehouse, gone), eventIdOf }), Date.now);
