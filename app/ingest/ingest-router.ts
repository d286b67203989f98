import { randomUUID } from 'node:crypto';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { EVENT_TYPES, PATHS } from '../contract/http-paths.ts';
import { LIMITS } from '../contract/limits.ts';
import { BATCH_SCHEMA } from '../contract/schemas/events.ts';
import { faultsOf } from '../contract/schemas/fault.ts';
import { Problem, problemHandler } from '../runtime/http/problem.ts';
import type { Logger } from '../runtime/logger.ts';
import { type Acceptance, acceptBatch, acceptOne, type EventSink } from './accept-events.ts';
import { admission } from './admission.ts';
import type { Authenticate } from './authenticate.ts';
import type { IngestMetrics } from './ingest-metrics.ts';
import type { RequestFacts } from './normalise-event.ts';
import { openapi } from './openapi.ts';
import { readJsonObject } from './read-json.ts';
import { refuseBrowsers } from './refuse-browsers.ts';

/** What the ingest API needs. */
export interface IngestOptions {
  readonly authenticate: Authenticate;
  readonly sink: EventSink & { readonly waitingBytes: number };
  readonly logger: Logger;
  readonly metrics: IngestMetrics;
  readonly now: () => number;
  /** Whether the process is stopping: new requests are then answered 503. */
  readonly stopping: () => boolean;
}

type Take = (body: Record<string, unknown>, facts: RequestFacts, traceparent?: string) => Promise<Acceptance>;

const PRINTABLE = /^[\x21-\x7e]{1,128}$/;
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

const header = (request: Request, name: string, shape: RegExp): string | undefined => {
  const value = request.get(name);
  return value !== undefined && shape.test(value) ? value : undefined;
};

const HELD_RETRY_SECONDS = 30;

/** Finds the caller's source, before its body is read. */
const requireSource =
  (authenticate: Authenticate): RequestHandler =>
  (request, response, next) => {
    const sender = authenticate(request.headers);
    if (sender.kind === 'refused') {
      throw new Problem(401, 'unauthorized', sender.rule, { scheme: sender.scheme });
    }
    if (sender.kind === 'held') {
      throw new Problem(503, 'write_keys_missing', sender.reason, { retryAfterSeconds: HELD_RETRY_SECONDS });
    }
    response.locals['source'] = sender.source;
    next();
  };

const requireJson: RequestHandler = (request, _response, next) => {
  const type = request.get('content-type');
  if (type !== undefined && !/^application\/([\w.+-]+\+)?json\b/i.test(type)) {
    throw new Problem(415, 'unsupported_media_type', 'Content-Type must be application/json');
  }
  next();
};

const factsOf = (
  request: Request,
  source: string,
  body: Record<string, unknown>,
  now: () => number,
): RequestFacts => {
  const idempotencyKey = header(request, 'idempotency-key', PRINTABLE);
  return {
    source,
    correlationId: header(request, 'x-correlation-id', PRINTABLE) ?? randomUUID(),
    receivedAt: now(),
    sentAt: body['sentAt'],
    newMessageId: (index) => (idempotencyKey === undefined ? randomUUID() : `${idempotencyKey}:${index}`),
  };
};

const answer = (
  response: Response,
  { accepted, rejected, errors }: Acceptance,
  facts: RequestFacts,
): void => {
  response
    .set('x-correlation-id', facts.correlationId)
    .json({ success: true, accepted: accepted.length, rejected, errors });
};

const record = (request: Request, taken: Acceptance, facts: RequestFacts, options: IngestOptions): void => {
  const { source, correlationId, receivedAt } = facts;
  const { accepted, rejected } = taken;
  for (const { record: event } of accepted)
    options.metrics.events.add({ source, type: event.type, outcome: 'accepted' });
  if (rejected > 0) options.metrics.events.add({ source, type: 'any', outcome: 'rejected' }, rejected);
  const durationMs = options.now() - receivedAt;
  options.metrics.duration.observe({ path: request.path }, durationMs / 1000);
  options.logger.info(
    {
      source,
      correlationId,
      path: request.path,
      accepted: accepted.length,
      rejected,
      durationMs,
      messageIds: accepted.slice(0, 10).map(({ record: event }) => event.messageId),
    },
    'event.accepted',
  );
};

const handle =
  (take: Take, options: IngestOptions): RequestHandler =>
  async (request, response) => {
    const body = readJsonObject(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));
    const facts = factsOf(request, String(response.locals['source']), body, options.now);
    const taken = await take(body, facts, header(request, 'traceparent', TRACEPARENT));
    record(request, taken, facts, options);
    answer(response, taken, facts);
  };

const takeBatch =
  (sink: EventSink): Take =>
  (body, facts, traceparent) => {
    const parsed = BATCH_SCHEMA.safeParse(body);
    if (parsed.success) return acceptBatch(sink, body['batch'] as unknown[], facts, traceparent);
    const faults = faultsOf(parsed.error);
    const rules = faults.map(({ field, rule }) => `${field} ${rule}`).join('; ');
    throw new Problem(400, 'invalid_batch', `the batch was not accepted: ${rules}`, { errors: faults });
  };

const onlyPost: RequestHandler = (_request, response) => {
  response.set('Allow', 'POST');
  throw new Problem(405, 'method_not_allowed', 'only POST is served here');
};

/**
 * The ingest API: the Segment HTTP spec for server-side SDKs. Answers 200 only after Kafka has acknowledged. Every error is
 * problem details (RFC 9457).
 *
 * @example app.use(ingestRouter({ authenticate: writeKeyAuthenticator(() => keys), sink: bus, logger, metrics, now: Date.now, … }))
 */
export const ingestRouter = (options: IngestOptions): Router => {
  const router = Router();
  router.get(PATHS.openapi, (_request, response) => {
    response.json(openapi());
  });
  router.use(refuseBrowsers());
  const guards: RequestHandler[] = [
    requireSource(options.authenticate),
    admission({ waitingBytes: () => options.sink.waitingBytes, stopping: options.stopping }),
    requireJson,
    express.raw({ type: () => true, limit: LIMITS.batchBytes }),
  ];
  for (const type of EVENT_TYPES) {
    const take: Take = (body, facts, traceparent) => acceptOne(options.sink, type, body, facts, traceparent);
    router
      .route(`/v1/${type}`)
      .post(...guards, handle(take, options))
      .all(onlyPost);
  }
  router
    .route([PATHS.batch, PATHS.import])
    .post(...guards, handle(takeBatch(options.sink), options))
    .all(onlyPost);
  router.use('/v1', () => {
    throw new Problem(
      404,
      'not_found',
      `served are ${EVENT_TYPES.map((type) => `/v1/${type}`).join(', ')}, /v1/batch and /v1/import`,
    );
  });
  router.use(problemHandler(options.logger));
  return router;
};
