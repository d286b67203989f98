import express, { type Express } from 'express';
import type { ConfigFor } from '../contract/env.ts';
import { LIMITS } from '../contract/limits.ts';
import { type Operations, operationsRouter, type Readiness } from '../runtime/http/operations-router.ts';
import { Problem, problemHandler } from '../runtime/http/problem.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Running } from '../runtime/run-until-signal.ts';
import { buildIngest, type Ingest } from './build-ingest.ts';
import { type DeployedRole, deployedRole, type RoleOptions } from './deployed-role.ts';
import { serveService } from './serve-service.ts';

type Config = ConfigFor<'ingest'>;

/** What is left of the drain for Kafka after requests under way are answered, in milliseconds. */
const KAFKA_CLOSE_MS = 1_000;

const heldFor = (config: Config, { link }: DeployedRole): string | undefined => {
  if (link.heldFor !== undefined) return link.heldFor;
  const keysMissing = config.ingestAccess === 'write-key' && config.ingestWriteKeys.state !== 'set';
  return keysMissing ? 'write_keys_unset' : undefined;
};

/** The public port tells its state and no figures, which are for operations. */
const operationsOf = (
  config: Config,
  role: DeployedRole,
  stopping: () => boolean,
): { readonly open: Operations; readonly own: Operations } => {
  const readiness = (figures: () => object) => (): Readiness => {
    const held = heldFor(config, role);
    return {
      ready: !stopping() && held === undefined,
      roles: { ingest: { heldFor: held, ...figures() } },
    };
  };
  const { startup, bus } = role;
  return {
    open: { readiness: readiness(() => ({})), startup },
    own: { readiness: readiness(() => ({ waitingBytes: bus.waitingBytes })), startup },
  };
};

const appOf = (ingest: Ingest, logger: Logger, operations: Operations): Express => {
  const app = express().disable('x-powered-by');
  app.use(operationsRouter(operations));
  app.use(ingest.router);
  app.use((request) => {
    throw new Problem(404, 'not_found', `nothing is served at ${request.path}`);
  });
  app.use(problemHandler(logger));
  return app;
};

/**
 * Starts the ingest: listens at once, then finds its way to Kafka; until then, and while the write keys are unset, it answers
 * its probes and refuses events with 503.
 *
 * @throws ListenError when a port is busy
 * @example const ingest = await startIngest(processConfig('ingest'));
 */
export const startIngest = async (config: Config, options: RoleOptions = {}): Promise<Running> => {
  const role = await deployedRole('ingest', config, options);
  let stopping = false;
  const operations = operationsOf(config, role, () => stopping);
  const { bus, logger, metrics, link } = role;
  const ingest = buildIngest(config, {
    bus,
    logger,
    metrics,
    stopping: () => stopping,
    heldFor: () => link.heldFor,
  });
  const app = appOf(ingest, logger, operations.open);
  const service = await serveService(config, app, operations.own, metrics, ingest);
  void role.start();
  const stop = async (): Promise<void> => {
    const deadline = Date.now() + LIMITS.drainMs - KAFKA_CLOSE_MS / 2;
    stopping = true;
    role.stop();
    await service.closePublic(LIMITS.drainMs - 2 * KAFKA_CLOSE_MS);
    await role.closeBus(deadline);
    await service.closeOperations();
  };
  return { url: service.url, stop };
};
