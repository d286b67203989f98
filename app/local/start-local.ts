import express, { type Express } from 'express';
import type { ConfigFor } from '../contract/env.ts';
import { PATHS } from '../contract/http-paths.ts';
import { LIMITS } from '../contract/limits.ts';
import { LOCAL_PARTITIONS, TOPICS } from '../contract/topics.ts';
import type { TrackWorker } from '../delivery/track-worker.ts';
import type { CustomerIOEventBus } from '../kafka/customerio-event-bus.ts';
import { eventBus } from '../roles/build-bus.ts';
import { buildIngest } from '../roles/build-ingest.ts';
import { buildTrackWorker } from '../roles/build-track-worker.ts';
import { closeServer, listen } from '../runtime/http/listen.ts';
import { operationsRouter } from '../runtime/http/operations-router.ts';
import { Problem, problemHandler } from '../runtime/http/problem.ts';
import { createLogger, type Logger } from '../runtime/logger.ts';
import { createMetrics } from '../runtime/metrics.ts';
import { untilDeadline } from '../runtime/until-deadline.ts';
import { createFakeCustomerIo } from './fake-customerio/fake-customerio.ts';
import { type LocalBus, localBus } from './local-bus.ts';
import { localStatus } from './local-status.ts';

/** The running platform. */
export interface Local {
  readonly url: string;
  /** Drains up to 8 s, keeps what is left, and stops. */
  stop(): Promise<void>;
}

/** What the running parts share. */
interface Parts {
  readonly config: ConfigFor<'local'>;
  readonly logger: Logger;
  readonly local: LocalBus;
  readonly bus: CustomerIOEventBus;
  stopping: boolean;
  worker?: TrackWorker;
  target: string;
}

const PAGE_FOLDER = `${import.meta.dirname}/page`;

const buildApp = (
  parts: Parts,
): { readonly app: Express; readonly metrics: ReturnType<typeof createMetrics> } => {
  const { bus, logger, config } = parts;
  const metrics = createMetrics();
  const app = express().disable('x-powered-by');
  app.use(express.static(PAGE_FOLDER));
  app.get('/status.json', async (_request, response) => {
    const { worker } = parts;
    if (!worker) throw new Problem(503, 'starting', 'still starting', { retryAfterSeconds: 1 });
    response.json(await localStatus({ kind: parts.local.kind, bus, worker, target: parts.target }));
  });
  app.use(
    operationsRouter({
      readiness: () => ({
        ready: !parts.stopping,
        roles: { ingest: { waitingBytes: bus.waitingBytes }, 'track-worker': parts.worker?.state ?? {} },
      }),
      metrics,
    }),
  );
  const fake = createFakeCustomerIo({
    onRequest: (entry) => logger.debug(entry, 'fake.request'),
  });
  app.use(PATHS.fake, fake.router);
  const stopping = (): boolean => parts.stopping;
  app.use(buildIngest(config, { bus, logger, metrics, stopping, full: parts.local.full }));
  app.use((request) => {
    throw new Problem(404, 'not_found', `nothing is served at ${request.path}; / shows what is`);
  });
  app.use(problemHandler(logger));
  return { app, metrics };
};

/**
 * Starts everything in one process on one origin: ingest, track worker, fake Customer.io and the start page.
 *
 * @throws BusError when brokers are given and do not answer or topics are wrong; ListenError when the port is busy
 * @example const local = await startLocal(parseConfig('local', { PORT: '0' }));
 */
export const startLocal = async (config: ConfigFor<'local'>): Promise<Local> => {
  const logger = createLogger('local', config.logLevel);
  const local = await localBus(config, logger);
  const bus = eventBus(local.bus, logger);
  const parts: Parts = { config, logger, local, bus, stopping: false, target: '' };
  const { app, metrics } = buildApp(parts);
  const { server, port } = await listen(app, config.port, config.host);
  try {
    local.load();
    await bus.start(Object.values(TOPICS), config.kafkaTopics, LOCAL_PARTITIONS);
  } catch (error) {
    await closeServer(server, 0);
    throw error;
  }
  const url = `http://localhost:${port}`;
  parts.target = config.customerioTrackUrl ?? `http://${config.host}:${port}${PATHS.fakeTrackV1}`;
  const worker = buildTrackWorker({ ...config, customerioTrackUrl: parts.target }, { bus, logger, metrics });
  parts.worker = worker;
  const joining = worker.start();
  joining.catch((error: unknown) => logger.error({ err: error }, 'group.failed'));
  const stop = async (): Promise<void> => {
    const deadline = Date.now() + LIMITS.drainMs;
    parts.stopping = true;
    await untilDeadline(
      joining.then(() => worker.stop()),
      deadline,
    );
    await untilDeadline(bus.close(), deadline);
    local.save();
    await closeServer(server, Math.max(0, deadline - Date.now()));
  };
  return { url, stop };
};
