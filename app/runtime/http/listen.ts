import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { LIMITS } from '../../contract/limits.ts';
import { clientFault } from './client-fault.ts';
import { Problem, problemAnswer, sendProblem } from './problem.ts';

/** A port or address that cannot be listened on. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

/** What a server tells of requests that never reach its handler. */
export interface ListenOptions {
  /** Hears of each that was refused. @default nobody does */
  readonly onRefused?: (problem: Problem) => void;
  /** Headers of the answers that they get. @default none */
  readonly headers?: Readonly<Record<string, string>>;
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

/** A server that listens. */
export interface Listening {
  readonly server: Server;
  readonly port: number;
  /** `http://address:port`, by which this process reaches it: never a name. */
  readonly origin: string;
}

const listening = (server: Server): Listening => {
  const { address, port, family } = server.address() as AddressInfo;
  const own = address.replace(/^0\.0\.0\.0$/, '127.0.0.1').replace(/^::$/, '::1');
  return { server, port, origin: `http://${family === 'IPv6' ? `[${own}]` : own}:${port}` };
};

const PIPELINED = new Problem(
  429,
  'too_many_pipelined',
  `more than ${LIMITS.unansweredRequests} requests of one connection were not answered yet`,
);

/** What a connection is still to be answered. One object and one listener for all its requests: this is on the way of each. */
class Pending {
  count = 0;
  latest: ServerResponse | undefined;
  readonly #answered = (): void => {
    this.count -= 1;
  };

  add(response: ServerResponse): void {
    this.count += 1;
    this.latest = response;
    response.on('close', this.#answered);
  }
}

/** The answers that each connection is still to be given. */
class Unanswered {
  readonly #connections = new WeakMap<Duplex, Pending>();

  /** Notes a request; returns how many of its connection are unanswered. */
  add({ socket }: IncomingMessage, response: ServerResponse): number {
    let pending = this.#connections.get(socket);
    if (pending === undefined) {
      pending = new Pending();
      this.#connections.set(socket, pending);
    }
    pending.add(response);
    return pending.count;
  }

  /** Whether a connection can be written to without mixing two answers. */
  mayWrite(socket: Duplex): boolean {
    const { count = 0, latest } = this.#connections.get(socket) ?? {};
    return socket.writable && (count === 0 || (count === 1 && latest?.headersSent === false));
  }
}

const writeProblem = (socket: Duplex, problem: Problem, more: Readonly<Record<string, string>>): void => {
  const { headers, text } = problemAnswer(problem);
  const lines = Object.entries({ ...more, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const { status } = problem;
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${text}`);
};

const serverOf = (
  handler: RequestListener,
  { onRefused = () => undefined, headers = {} }: ListenOptions,
): Server => {
  const unanswered = new Unanswered();
  const server = createServer({ ...TIMES, keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    // The parser goes on to the end of what it has read of a connection that is closed already.
    if (request.socket.destroyed) return;
    if (unanswered.add(request, response) <= LIMITS.unansweredRequests) return handler(request, response);
    onRefused(PIPELINED);
    request.socket.destroy();
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !unanswered.mayWrite(socket)) return socket.destroy();
    const problem = clientFault(error);
    onRefused(problem);
    writeProblem(socket, problem, headers);
    socket.destroy();
  });
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const problem = new Problem(417, 'expectation_failed', 'of Expect only 100-continue is served', {
      closes: true,
    });
    onRefused(problem);
    response.setHeaders(new Map(Object.entries(headers)));
    sendProblem(response, problem);
  });
  return server;
};

/**
 * Starts an HTTP server. It answers what it cannot read as problem details, and ends a connection that sends more requests than it
 * reads answers.
 *
 * @param port 0 takes a free one
 * @throws ListenError when the port is busy or not allowed
 */
export const listen = (
  handler: RequestListener,
  port: number,
  host: string,
  options: ListenOptions = {},
): Promise<Listening> => {
  const server = serverOf(handler, options);
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new ListenError(
          `port ${port} on ${host} ${REASONS[error.code ?? ''] ?? `cannot be used: ${error.code}`}`,
        ),
      );
    });
    server.listen(port, host, () => resolve(listening(server)));
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
