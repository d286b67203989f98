import express from 'express';
import { closeServer, listen } from '../runtime/http/listen.ts';
import { type Operations, operationsRouter } from '../runtime/http/operations-router.ts';

/** Serves `/metrics` and the probes on a port of their own, never the public one. Tells the port it has. */
export const serveOperations = async (
  port: number,
  operations: Operations,
): Promise<{ readonly port: number; close(): Promise<void> }> => {
  const app = express().disable('x-powered-by').use(operationsRouter(operations));
  const listening = await listen(app, port, '0.0.0.0');
  return { port: listening.port, close: () => closeServer(listening.server, 0) };
};
