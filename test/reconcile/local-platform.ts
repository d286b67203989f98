import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { PgliteThread } from '../../app/postgres/pglite-thread.ts';
import { refillRouter } from '../../app/reconcile/refill-router.ts';
import { problemHandler } from '../../app/runtime/http/problem.ts';
import { createLogger } from '../../app/runtime/logger.ts';
import { LocalWarehouse } from '../../app/warehouse/local-warehouse.ts';
import { LocalWarehouseStream } from '../../app/warehouse/local-warehouse-stream.ts';
import { RowJournal } from '../../app/warehouse/row-journal.ts';
import { warehouseRouter } from '../../app/warehouse/warehouse-router.ts';

/** The warehouse of `npm start` on a port of its own, with its query and its refill. */
export interface LocalPlatform {
  readonly url: string;
  readonly stream: LocalWarehouseStream;
  readonly warehouse: LocalWarehouse;
  close(): Promise<void>;
}

/** Starts it, empty. */
export const startLocalPlatform = async (): Promise<LocalPlatform> => {
  const folder = mkdtempSync(join(tmpdir(), 'reconcile-'));
  const journal = await RowJournal.open(folder);
  const stream = new LocalWarehouseStream(journal, Date.now);
  const refuse = (why: string): never => {
    throw new Error(why);
  };
  const warehouse = new LocalWarehouse({ journal, database: () => new PgliteThread(), onRefused: refuse });
  const app = express().use(warehouseRouter(warehouse), refillRouter(stream));
  const server = createServer(app.use(problemHandler(createLogger('test', 'silent'))));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await warehouse.close();
    await stream.close();
    rmSync(folder, { recursive: true });
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stream, warehouse, close };
};
