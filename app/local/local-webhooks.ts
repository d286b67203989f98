import type { Router } from 'express';
import type { ConfigFor } from '../contract/env.ts';
import { PgliteThread } from '../postgres/pglite-thread.ts';
import { GoogleStream } from '../pubsub/google-stream.ts';
import type { EventStream } from '../pubsub/port.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Metrics } from '../runtime/metrics.ts';
import { LocalWarehouse } from '../warehouse/local-warehouse.ts';
import { LINE_BEGIN, LocalWarehouseStream } from '../warehouse/local-warehouse-stream.ts';
import { RowJournal } from '../warehouse/row-journal.ts';
import { CustomerIOWebhooks } from '../webhooks/customerio-webhooks.ts';
import { streamTo } from '../webhooks/stream-to.ts';
import { webhooksMetrics } from '../webhooks/webhooks-metrics.ts';
import { webhooksRouter } from '../webhooks/webhooks-router.ts';

/** Where webhooks go: the local warehouse, or Pub/Sub where an emulator is given. */
export interface LocalWebhooks {
  readonly stream: EventStream;
  readonly warehouse: LocalWarehouse | undefined;
  /** What `/readyz` and the start page tell of it. */
  readonly state: () => WebhooksState;
  close(): Promise<void>;
}

/** What is told of the webhooks. */
export interface WebhooksState {
  readonly stream: 'warehouse' | 'pubsub';
  /** Rows in the local warehouse, duplicates included. */
  readonly rows?: number;
  /** Whether its database runs: the first query starts it. */
  readonly database?: 'running' | 'not started';
}

/** Chooses by the settings. */
export const localWebhooks = async (
  config: Pick<ConfigFor<'local'>, 'pubsubProject' | 'pubsubTopic' | 'pubsubEmulatorHost'>,
  folder: string,
  logger: Logger,
): Promise<LocalWebhooks> => {
  const { pubsubProject: project, pubsubTopic: topic, pubsubEmulatorHost: emulatorHost } = config;
  if (emulatorHost !== undefined) {
    const stream = new GoogleStream({ project, topic, emulatorHost });
    return { stream, warehouse: undefined, state: () => ({ stream: 'pubsub' }), close: () => stream.close() };
  }
  const journal = await RowJournal.open(folder, { begin: LINE_BEGIN });
  const stream = new LocalWarehouseStream(journal, Date.now);
  const warehouse = new LocalWarehouse({
    journal,
    database: () => new PgliteThread(),
    onRefused: (why) => logger.warn({ why }, 'warehouse.row_refused'),
  });
  const state = (): WebhooksState => ({
    stream: 'warehouse',
    rows: warehouse.rows,
    database: warehouse.isRunning ? 'running' : 'not started',
  });
  const close = async (): Promise<void> => {
    await Promise.all([warehouse.close(), stream.close()]);
  };
  return { stream, warehouse, state, close };
};

/** The receiver of webhooks over a stream. */
export const webhookReceiver = (parts: {
  readonly stream: EventStream;
  readonly keys: () => readonly string[] | undefined;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly project: string | undefined;
  readonly stopping: () => boolean;
}): Router => {
  const { stream, keys, logger, metrics, project, stopping } = parts;
  const webhooks = new CustomerIOWebhooks();
  webhooks.on('*', streamTo(stream));
  return webhooksRouter({
    keys,
    webhooks,
    logger,
    metrics: webhooksMetrics(metrics),
    now: Date.now,
    project,
    stopping,
  });
};
