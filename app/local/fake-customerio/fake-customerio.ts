import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, isIPv6 } from 'node:net';
import express, { type ErrorRequestHandler, type RequestHandler, Router } from 'express';
import { answerAppFaults, answerNotFound, answerV1Faults, answerV2Faults } from './answers.ts';
import { appRouter } from './app-api/app-router.ts';
import { controlRouter } from './control-router.ts';
import { type FakeCustomerIoOptions, settingsOf } from './fake-options.ts';
import { type AllStats, FakeState } from './fake-state.ts';
import { invalid } from './operation-fault.ts';
import { unsubscribeRouter } from './v1-deliveries.ts';
import { v1Router } from './v1-router.ts';
import { v2Router } from './v2-router.ts';

export type { FakeCustomerIoOptions, JournalEntry } from './fake-options.ts';
export type { PreconfiguredWebhook } from './reporting/webhook-set.ts';

const PREFIX = '/fake-customerio';
/** Above every limit of the API, so that its own answers say what is too large. */
const READ_BYTES = 4_000_000;

/** A fake Customer.io. */
export interface FakeCustomerIo {
  /** To be mounted at `/fake-customerio`. */
  readonly router: Router;
  stats(): AllStats;
  /** Forgets people, events, journal, faults, deliveries and what waits for webhooks. */
  reset(): void;
  /** Ends the timers and calls of webhooks; none is sent any more. */
  close(): Promise<void>;
}

/** Express would answer these itself on a path that it knows. */
const refuseOtherMethods: RequestHandler = (request, response, next) => {
  if (request.method === 'OPTIONS' || request.method === 'HEAD') answerNotFound(response);
  else next();
};

const unreadable: ErrorRequestHandler = (error, request, response, _next) => {
  const { status = 400 } = error as { status?: number };
  if (request.path.startsWith('/track/api/v1/'))
    return answerV1Faults(response, ['the body cannot be read'], status);
  if (request.path.startsWith('/app/')) return answerAppFaults(response, status, ['the body cannot be read']);
  answerV2Faults(response, [invalid('', 'the body cannot be read')], status);
};

/**
 * A Customer.io of one's own: Track API v1 and v2 as the contract describes them, with dedupe by event id, last writer by
 * timestamp, suppression, scripted faults and a journal; and what Customer.io reports back: signed webhooks with their
 * retries, and the App API's messages and reporting webhooks. Everything is in memory and grows with the people and events sent.
 *
 * @example
 * const fake = createFakeCustomerIo();
 * express().use('/fake-customerio', fake.router).listen(8081, '127.0.0.1');
 */
export const createFakeCustomerIo = (options: FakeCustomerIoOptions = {}): FakeCustomerIo => {
  const state = new FakeState(settingsOf(options));
  const router = Router({ caseSensitive: true });
  router.use('/_control', controlRouter(state));
  const raw = express.raw({ type: () => true, limit: READ_BYTES });
  router.use(['/track', '/app'], refuseOtherMethods, raw);
  router.use('/track/api/v1', v1Router(state));
  router.use('/track/api/v2', v2Router(state));
  router.use('/track/unsubscribe', unsubscribeRouter(state));
  router.use('/app/v1', appRouter(state));
  router.use((_request, response) => answerNotFound(response));
  router.use(unreadable);
  return {
    router,
    stats: () => state.stats,
    reset: () => state.reset(),
    close: () => state.reporting.webhooks.close(),
  };
};

/** A fake that listens. */
export interface RunningFake {
  /** `http://<host>:<port>/fake-customerio` */
  readonly url: string;
  /** The root of its Track API, for `CUSTOMERIO_TRACK_URL`. */
  readonly trackUrl: string;
  /** The root of its App API, for `CUSTOMERIO_APP_URL`. */
  readonly appUrl: string;
  readonly fake: FakeCustomerIo;
  close(): Promise<void>;
}

/**
 * Starts a fake in a server of its own.
 *
 * @param options `port` 0, the default, takes a free one; `host` defaults to 127.0.0.1; `guard` stands before every request, for
 *   instance to refuse hosts, and by default lets all through
 * @example const { trackUrl, close } = await startFakeCustomerIo();
 */
export const startFakeCustomerIo = async (
  options: FakeCustomerIoOptions & {
    readonly port?: number;
    readonly host?: string;
    readonly guard?: (handler: RequestListener) => RequestListener;
  } = {},
): Promise<RunningFake> => {
  const { port = 0, host = '127.0.0.1', guard = (handler) => handler, ...rest } = options;
  const fake = createFakeCustomerIo(rest);
  const app = express().disable('x-powered-by').use(PREFIX, fake.router);
  app.use((_request, response) => answerNotFound(response));
  const server = createServer(guard(app));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(port, host, resolve);
  await promise;
  const { port: taken } = server.address() as AddressInfo;
  const url = `http://${isIPv6(host) ? `[${host}]` : host}:${taken}${PREFIX}`;
  const close = async (): Promise<void> => {
    const { promise: closed, resolve: done } = Promise.withResolvers<void>();
    server.close(() => done());
    server.closeAllConnections();
    await Promise.all([closed, fake.close()]);
  };
  return { url, trackUrl: `${url}/track/api/v1`, appUrl: `${url}/app/v1`, fake, close };
};
