import type { RequestListener } from 'node:http';
import { closeServer, type ListenOptions, listen } from '../runtime/http/listen.ts';
import type { Operations } from '../runtime/http/operations-router.ts';
import type { Metrics } from '../runtime/metrics.ts';
import { serveOperations } from './serve-operations.ts';

/** Where a service listens. */
interface Ports {
  readonly port: number;
  readonly host: string;
  readonly metricsPort: number;
}

/** A service that listens on both its ports. */
export interface Service {
  readonly url: string;
  /** Takes no more requests and resolves once those under way are answered, at most `withinMs` later. */
  closePublic(withinMs: number): Promise<void>;
  /** Ends what serves metrics and probes: last of all. */
  closeOperations(): Promise<void>;
}

/**
 * Serves requests on the public port, and its operations with its metrics on a port of their own.
 *
 * @throws ListenError when one of the ports is busy; nothing listens then
 */
export const serveService = async (
  { port: wanted, host, metricsPort }: Ports,
  listener: RequestListener,
  operations: Operations,
  metrics: Metrics,
  options: ListenOptions = {},
): Promise<Service> => {
  const { server, port } = await listen(listener, wanted, host, options);
  const own = await serveOperations(metricsPort, { ...operations, metrics }).catch(async (error: unknown) => {
    await closeServer(server, 0);
    throw error;
  });
  return {
    url: `http://localhost:${port}`,
    closePublic: (withinMs) => closeServer(server, withinMs),
    closeOperations: () => own.close(),
  };
};
