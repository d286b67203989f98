import { Router } from 'express';
import { PATHS } from '../../contract/http-paths.ts';
import type { Metrics } from '../metrics.ts';

/** What a process says about itself: whether it is ready, and the state of each role in it. */
export interface Readiness {
  readonly ready: boolean;
  readonly roles: Readonly<Record<string, object>>;
}

/** Whether a process has started: once so, it stays so. */
export interface Startup {
  readonly started: boolean;
  /** A code for why it has not. */
  readonly reason?: string | undefined;
}

/** What is served about a process. */
export interface Operations {
  readonly readiness: () => Readiness;
  /** @default `/startupz` is not served */
  readonly startup?: () => Startup;
  /** @default `/metrics` is not served */
  readonly metrics?: Metrics;
}

/**
 * `/healthz` (the process answers), `/readyz` (it does its work; 503 while not), `/startupz` (it has reached what it depends on;
 * 503 before) and `/metrics`.
 *
 * @example app.use(operationsRouter({ readiness: () => ({ ready: true, roles: { ingest: {} } }) }))
 */
export const operationsRouter = ({ readiness, startup, metrics }: Operations): Router => {
  const router = Router();
  router.get(PATHS.healthz, (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get(PATHS.readyz, (_request, response) => {
    const state = readiness();
    response.status(state.ready ? 200 : 503).json(state);
  });
  if (startup !== undefined) {
    router.get(PATHS.startupz, (_request, response) => {
      const state = startup();
      response.status(state.started ? 200 : 503).json(state);
    });
  }
  if (metrics !== undefined) {
    router.get(PATHS.metrics, async (_request, response) => {
      response.type(metrics.contentType).send(await metrics.text());
    });
  }
  return router;
};
