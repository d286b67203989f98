import { TOPICS } from '../contract/topics.ts';
import { processConfig } from '../runtime/config/process-config.ts';
import { createLogger } from '../runtime/logger.ts';
import { createMetrics } from '../runtime/metrics.ts';
import { type Running, runUntilSignal } from '../runtime/run-until-signal.ts';
import { eventBus, kafkaBus } from './build-bus.ts';
import { buildTrackWorker } from './build-track-worker.ts';
import { EXPECTED } from './expected.ts';
import { serveOperations } from './serve-operations.ts';

const startTrackWorker = async (): Promise<Running> => {
  const config = processConfig('track-worker');
  const logger = createLogger('track-worker', config.logLevel);
  const metrics = createMetrics();
  const bus = eventBus(await kafkaBus(config, 'customerio-track-worker', logger), logger);
  await bus.start(Object.values(TOPICS), config.kafkaTopics);
  const worker = buildTrackWorker(config, { bus, logger, metrics });
  await worker.start();
  const stopOperations = await serveOperations(
    config.metricsPort,
    () => ({ ready: true, roles: { 'track-worker': worker.state } }),
    metrics,
  );
  const stop = async (): Promise<void> => {
    await worker.stop();
    await bus.close();
    await stopOperations();
  };
  return { url: `http://localhost:${config.metricsPort}`, stop };
};

await runUntilSignal(startTrackWorker, EXPECTED);
