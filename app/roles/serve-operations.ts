import express from 'express';
import { closeServer, listen } from '../runtime/http/listen.ts';
import { operationsRouter, type Readiness } from '../runtime/http/operations-router.ts';
import type { Metrics } from '../runtime/metrics.ts';

/** Serves `/metrics`, `/healthz` and `/readyz` on a port of their own, never the public one. Returns how to stop. */
export const serveOperations = async (
  port: number,
  readiness: () => Readiness,
  metrics: Metrics,
): Promise<() => Promise<void>> => {
  const app = express().disable('x-powered-by').use(operationsRouter(readiness, metrics));
  const { server } = await listen(app, port, '0.0.0.0');
  return () => closeServer(server, 0);
};
