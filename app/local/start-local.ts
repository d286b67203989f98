import type { Server } from 'node:http';
import type { ConfigFor } from '../contract/env.ts';
import { PATHS } from '../contract/http-paths.ts';
import { LIMITS } from '../contract/limits.ts';
import { LOCAL_PARTITIONS, TOPICS } from '../contract/topics.ts';
import type { TrackWorker } from '../delivery/track-worker.ts';
import { eventBus } from '../roles/build-bus.ts';
import { buildIngest } from '../roles/build-ingest.ts';
import { buildTrackWorker } from '../roles/build-track-worker.ts';
import { secretsIn } from '../runtime/config/secret-setting.ts';
import { BROWSER_HEADERS, guardBrowsers } from '../runtime/http/guard-browsers.ts';
import { closeServer, listen } from '../runtime/http/listen.ts';
import { createLogger, type Logger } from '../runtime/logger.ts';
import { createMetrics } from '../runtime/metrics.ts';
import { untilDeadline } from '../runtime/until-deadline.ts';
import { createFakeCustomerIo, type FakeCustomerIo } from './fake-customerio/fake-customerio.ts';
import { type LocalParts, localApp } from './local-app.ts';
import { localBus } from './local-bus.ts';
import { localWebhooks } from './local-webhooks.ts';
import { type OwnedFolder, ownFolder } from './own-folder.ts';

/** Where `npm start` keeps what outlives a stop, below the working directory. */
const FOLDER = '.cio-local';

/** The running platform. */
export interface Local {
  readonly url: string;
  /** Drains up to 8 s, keeps what is left, and stops. */
  stop(): Promise<void>;
}

/** The fake, reporting to the receiver of this process by the first of its keys. */
const reportingFake = (
  config: ConfigFor<'local'>,
  logger: Logger,
  endpoint: () => string,
): FakeCustomerIo => {
  const [signingKey] = config.webhookSigningKey.current ?? [];
  return createFakeCustomerIo({
    onRequest: (entry) => logger.debug(entry, 'fake.request'),
    ...(signingKey !== undefined && { webhooks: [{ endpoint, signingKey }] }),
  });
};

/** Short keys are for a laptop; a source whose key is the placeholder cannot send here either. */
const warnOfPlaceholders = (config: ConfigFor<'local'>, logger: Logger): void => {
  for (const { name: setting, weak } of secretsIn(config))
    for (const { source, kind, rule } of weak)
      if (kind === 'placeholder') logger.warn({ setting, source, rule: `the key ${rule}` }, 'secret.weak');
};

const drain = async (
  parts: LocalParts,
  worker: TrackWorker,
  joining: Promise<unknown>,
  deadline: number,
): Promise<void> => {
  parts.stopping = true;
  await untilDeadline(
    joining.then(() => worker.stop()),
    deadline,
  );
  parts.closing = true;
  await untilDeadline(parts.fake.close(), deadline);
  await untilDeadline(Promise.all([parts.bus.close(), parts.webhooks.close()]), deadline);
};

/** Whatever a step of it meets, what the bus holds is saved, and the port is free. */
const stopLocal = async (
  parts: LocalParts,
  worker: TrackWorker,
  joining: Promise<unknown>,
  server: Server,
): Promise<void> => {
  const deadline = Date.now() + LIMITS.drainMs;
  try {
    await drain(parts, worker, joining, deadline).finally(() => parts.local.save());
  } finally {
    await closeServer(server, Math.max(0, deadline - Date.now()));
  }
};

/** Neither with a Kafka and a Pub/Sub of one’s own. */
const keepsSomething = ({ kafkaBrokers, pubsubEmulatorHost }: ConfigFor<'local'>): boolean =>
  kafkaBrokers === undefined || pubsubEmulatorHost === undefined;

const startParts = async (config: ConfigFor<'local'>): Promise<Local> => {
  const logger = createLogger('local', config.logLevel);
  warnOfPlaceholders(config, logger);
  const local = await localBus(config, FOLDER, logger);
  const bus = eventBus(local.bus, logger);
  const metrics = createMetrics();
  let origin = '';
  const fake = reportingFake(config, logger, () => `${origin}${PATHS.webhooks}`);
  const webhooks = await localWebhooks(config, FOLDER, logger);
  const flags = { stopping: false, closing: false, target: '' };
  const stopping = (): boolean => parts.stopping;
  const ingest = buildIngest(config, { bus, logger, metrics, stopping, full: local.full });
  const parts: LocalParts = { config, logger, metrics, local, bus, fake, webhooks, ingest, ...flags };
  const guarded = guardBrowsers(localApp(parts), config.localHosts ?? []);
  const { onRefused } = ingest;
  const listening = await listen(guarded, config.port, config.host, { headers: BROWSER_HEADERS, onRefused });
  const { server, port } = listening;
  try {
    local.load();
    await bus.start(Object.values(TOPICS), config.kafkaTopics, LOCAL_PARTITIONS);
  } catch (error) {
    await Promise.all([closeServer(server, 0), webhooks.close()]);
    throw error;
  }
  origin = listening.origin;
  parts.target = config.customerioTrackUrl ?? `${origin}${PATHS.fakeTrackV1}`;
  const worker = buildTrackWorker({ ...config, customerioTrackUrl: parts.target }, { bus, logger, metrics });
  parts.worker = worker;
  const joining = worker.start();
  joining.catch((error: unknown) => logger.error({ err: error }, 'group.failed'));
  return {
    url: `http://localhost:${port}`,
    stop: () => stopLocal(parts, worker, joining, server),
  };
};

/**
 * Starts everything in one process on one origin: ingest, track worker, receiver of webhooks, warehouse, fake Customer.io and
 * the start page.
 *
 * @throws BusError when brokers are given and do not answer or topics are wrong; ListenError when the port is busy; KeptFileError
 *   when another process runs in this folder, or what is kept there cannot be used
 * @example const local = await startLocal(parseConfig('local', { PORT: '0' }));
 */
export const startLocal = async (config: ConfigFor<'local'>): Promise<Local> => {
  const owned: OwnedFolder | undefined = keepsSomething(config)
    ? await ownFolder(FOLDER, 'events and webhooks of npm start')
    : undefined;
  try {
    const { url, stop } = await startParts(config);
    return { url, stop: () => stop().finally(() => owned?.release()) };
  } catch (error) {
    owned?.release();
    throw error;
  }
};
