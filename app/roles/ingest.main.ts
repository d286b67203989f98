import express from 'express';
import { LIMITS } from '../contract/limits.ts';
import { TOPICS } from '../contract/topics.ts';
import { processConfig } from '../runtime/config/process-config.ts';
import { closeServer, listen } from '../runtime/http/listen.ts';
import { operationsRouter, type Readiness } from '../runtime/http/operations-router.ts';
import { Problem, problemHandler } from '../runtime/http/problem.ts';
import { createLogger } from '../runtime/logger.ts';
import { createMetrics } from '../runtime/metrics.ts';
import { type Running, runUntilSignal } from '../runtime/run-until-signal.ts';
import { eventBus, kafkaBus } from './build-bus.ts';
import { buildIngest } from './build-ingest.ts';
import { EXPECTED } from './expected.ts';
import { serveOperations } from './serve-operations.ts';

const startIngest = async (): Promise<Running> => {
  const config = processConfig('ingest');
  const logger = createLogger('ingest', config.logLevel);
  const metrics = createMetrics();
  const bus = eventBus(await kafkaBus(config, 'customerio-ingest', logger), logger);
  await bus.start(Object.values(TOPICS), config.kafkaTopics);
  let stopping = false;
  const readiness = (): Readiness => ({
    ready: !stopping,
    roles: { ingest: { waitingBytes: bus.waitingBytes } },
  });
  const app = express().disable('x-powered-by');
  app.use(operationsRouter(readiness));
  app.use(buildIngest({ writeKeys: config.ingestWriteKeys, bus, logger, metrics, stopping: () => stopping }));
  app.use((request) => {
    throw new Problem(404, 'not_found', `nothing is served at ${request.path}`);
  });
  app.use(problemHandler(logger));
  const { server, port } = await listen(app, config.port, config.host);
  const stopOperations = await serveOperations(config.metricsPort, readiness, metrics);
  const stop = async (): Promise<void> => {
    stopping = true;
    await closeServer(server, LIMITS.drainMs);
    await bus.close();
    await stopOperations();
  };
  return { url: `http://localhost:${port}`, stop };
};

await runUntilSignal(startIngest, EXPECTED);
