import { createServer, type RequestListener, type Server } from 'node:http';

/** A port or address that cannot be listened on. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use: stop what listens there, or set PORT to another one',
  EACCES: 'needs more rights: set PORT to one above 1023',
  EADDRNOTAVAIL: 'is not an address of this machine: set HOST',
};

/** Idle connections are kept longer than a load balancer keeps them, so that it never writes to one that just closed. */
const KEEP_ALIVE_MS = 620_000;
/** How long a request may take to come, and its headers: who sends them byte by byte must not hold a connection for long. */
const TIMES = { requestTimeout: 30_000, headersTimeout: 10_000, connectionsCheckingInterval: 1_000 };

/**
 * Starts an HTTP server.
 *
 * @param port 0 takes a free one
 * @returns the server and the port it has
 * @throws ListenError when the port is busy or not allowed
 */
export const listen = (
  handler: RequestListener,
  port: number,
  host: string,
): Promise<{ readonly server: Server; readonly port: number }> => {
  const server = createServer({ ...TIMES, keepAliveTimeout: KEEP_ALIVE_MS }, handler);
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new ListenError(
          `port ${port} on ${host} ${REASONS[error.code ?? ''] ?? `cannot be used: ${error.code}`}`,
        ),
      );
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve({ server, port: typeof address === 'object' && address ? address.port : port });
    });
  });
};

/** Stops listening; resolves when the requests under way are answered, at most `withinMs` later. */
export const closeServer = (server: Server, withinMs: number): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => server.closeAllConnections(), withinMs);
  server.close(() => {
    clearTimeout(timer);
    resolve();
  });
  server.closeIdleConnections();
  return promise;
};
