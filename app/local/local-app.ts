import express, { type Express } from 'express';
import type { ConfigFor } from '../contract/env.ts';
import { PATHS } from '../contract/http-paths.ts';
import type { TrackWorker } from '../delivery/track-worker.ts';
import type { CustomerIOEventBus } from '../kafka/customerio-event-bus.ts';
import { refillRouter } from '../reconcile/refill-router.ts';
import type { Ingest } from '../roles/build-ingest.ts';
import { operationsRouter } from '../runtime/http/operations-router.ts';
import { Problem, problemHandler } from '../runtime/http/problem.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Metrics } from '../runtime/metrics.ts';
import { warehouseRouter } from '../warehouse/warehouse-router.ts';
import type { FakeCustomerIo } from './fake-customerio/fake-customerio.ts';
import type { LocalBus } from './local-bus.ts';
import { localStatus } from './local-status.ts';
import { localTrace } from './local-trace.ts';
import { type LocalWebhooks, webhookReceiver } from './local-webhooks.ts';

/** What the running parts share. */
export interface LocalParts {
  readonly config: ConfigFor<'local'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly local: LocalBus;
  readonly bus: CustomerIOEventBus;
  readonly fake: FakeCustomerIo;
  readonly webhooks: LocalWebhooks;
  readonly ingest: Ingest;
  /** No events are taken any more. */
  stopping: boolean;
  /** No webhooks either: they are taken as long as anything may send one. */
  closing: boolean;
  worker?: TrackWorker;
  /** Where the worker sends to. */
  target: string;
}

const PAGE_FOLDER = `${import.meta.dirname}/page`;

const addStatus = (app: Express, parts: LocalParts): void => {
  const { bus, metrics, webhooks, local } = parts;
  app.get('/status.json', async (_request, response) => {
    const { worker, target } = parts;
    if (!worker) throw new Problem(503, 'starting', 'still starting', { retryAfterSeconds: 1 });
    response.json(await localStatus({ kind: local.kind, bus, worker, target, webhooks: webhooks.state() }));
  });
  app.use(
    operationsRouter({
      readiness: () => ({
        ready: !parts.stopping,
        roles: {
          ingest: { waitingBytes: bus.waitingBytes },
          'track-worker': parts.worker?.state ?? {},
          webhooks: { stream: webhooks.state().stream, stuck: webhooks.stream.stuck },
        },
      }),
      metrics,
    }),
  );
};

/** Everything on one origin: start page, status, receiver of webhooks, warehouse, traces, fake Customer.io and ingest. */
export const localApp = (parts: LocalParts): Express => {
  const { logger, config, metrics, webhooks, fake } = parts;
  const app = express().disable('x-powered-by');
  app.use(express.static(PAGE_FOLDER, { redirect: false }));
  addStatus(app, parts);
  app.use(
    webhookReceiver({
      stream: webhooks.stream,
      keys: () => config.webhookSigningKey.current,
      logger,
      metrics,
      project: config.googleCloudProject,
      stopping: () => parts.closing,
    }),
  );
  app.use(warehouseRouter(webhooks.warehouse));
  app.use(refillRouter(webhooks.stream));
  app.use(localTrace(parts.local.bus, webhooks.warehouse));
  app.use(PATHS.fake, fake.router);
  app.use(parts.ingest.router);
  app.use((request) => {
    throw new Problem(404, 'not_found', `nothing is served at ${request.path}; / shows what is`);
  });
  app.use(problemHandler(logger));
  return app;
};
