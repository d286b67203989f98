import { Router } from 'express';
import { PATHS } from '../../contract/http-paths.ts';
import type { Metrics } from '../metrics.ts';

/** What a process says about itself: whether it is ready, and the state of each role in it. */
export interface Readiness {
  readonly ready: boolean;
  readonly roles: Readonly<Record<string, object>>;
}

/** `/healthz` (the process answers), `/readyz` (it may get traffic; 503 while not) and, where metrics are given, `/metrics`. */
export const operationsRouter = (readiness: () => Readiness, metrics?: Metrics): Router => {
  const router = Router();
  router.get(PATHS.healthz, (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get(PATHS.readyz, (_request, response) => {
    const state = readiness();
    response.status(state.ready ? 200 : 503).json(state);
  });
  if (metrics === undefined) return router;
  router.get(PATHS.metrics, async (_request, response) => {
    response.type(metrics.contentType).send(await metrics.text());
  });
  return router;
};
