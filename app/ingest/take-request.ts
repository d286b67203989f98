import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { BATCH_SCHEMA } from '../contract/schemas/events.ts';
import { faultsOf } from '../contract/schemas/fault.ts';
import { Problem } from '../runtime/http/problem.ts';
import { type TraceFields, traceFields } from '../runtime/http/trace-fields.ts';
import type { Logger } from '../runtime/logger.ts';
import { type AcceptOptions, acceptBatch, acceptOne, type EventSink } from './accept-events.ts';
import type { Acceptance } from './acceptance.ts';
import type { Admission, Admitted } from './admission.ts';
import { batchDefaults } from './batch-defaults.ts';
import { rulesOf } from './dead-letter-event.ts';
import type { IngestMetrics } from './ingest-metrics.ts';
import type { Mapping, RequestFacts } from './normalise-event.ts';
import { readJsonObject } from './read-json.ts';
import type { Share } from './share.ts';
import type { Shares } from './shares.ts';
import { tooManyRequests } from './too-many-requests.ts';

/** What taking a request needs. */
export interface TakeOptions {
  readonly sink: EventSink;
  readonly admission: Admission;
  readonly shares: Shares;
  readonly logger: Logger;
  readonly metrics: IngestMetrics;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly mapping: Mapping;
  /** The Google Cloud project whose traces log lines name. */
  readonly project?: string | undefined;
}

/** Takes the events of a parsed body. */
export type Take = (body: Record<string, unknown>, options: AcceptOptions) => Promise<Acceptance>;

const PRINTABLE = /^[\x21-\x7e]{1,128}$/;
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

const header = (request: Request, name: string, shape: RegExp): string | undefined => {
  const value = request.get(name);
  return value !== undefined && shape.test(value) ? value : undefined;
};

const factsOf = (
  request: Request,
  source: string,
  sentAt: unknown,
  { now, mapping }: TakeOptions,
): RequestFacts => {
  const idempotencyKey = header(request, 'idempotency-key', PRINTABLE);
  return {
    source,
    correlationId: header(request, 'x-correlation-id', PRINTABLE) ?? randomUUID(),
    receivedAt: now(),
    sentAt,
    mapping,
    newMessageId: (index) => (idempotencyKey === undefined ? randomUUID() : `${idempotencyKey}:${index}`),
  };
};

const answer = (response: Response, acceptance: Acceptance, facts: RequestFacts): void => {
  const { accepted, rejected, filtered, errors, errorsOmitted, warnings, warningsOmitted } = acceptance;
  response.set('x-correlation-id', facts.correlationId).json({
    success: true,
    accepted,
    rejected,
    ...(filtered > 0 && { filtered }),
    errors,
    ...(errorsOmitted > 0 && { errorsOmitted }),
    ...(warnings.length > 0 && { warnings }),
    ...(warningsOmitted > 0 && { warningsOmitted }),
  });
};

const count = (
  taken: Acceptance,
  source: string,
  { events, timesReplaced, warnings }: IngestMetrics,
): void => {
  for (const [type, many] of taken.byType) events.add({ source, type, outcome: 'accepted' }, many);
  if (taken.rejected > 0) events.add({ source, type: 'any', outcome: 'rejected' }, taken.rejected);
  if (taken.filtered > 0) events.add({ source, type: 'any', outcome: 'filtered' }, taken.filtered);
  if (taken.timesReplaced > 0) timesReplaced.add({ source }, taken.timesReplaced);
  const warned = taken.warnings.length + taken.warningsOmitted;
  if (warned > 0) warnings.add({ source }, warned);
};

/** A line of its own for what takes something away from a person. */
const logCommands = (taken: Acceptance, facts: RequestFacts, { logger, metrics }: TakeOptions): void => {
  const { source, correlationId } = facts;
  for (const { type, messageId } of taken.personCommands) {
    metrics.commands.add({ source, type });
    logger.info({ source, type, messageId, correlationId }, 'person.command');
  }
};

const record = (
  route: string,
  taken: Acceptance,
  facts: RequestFacts,
  traced: TraceFields,
  options: TakeOptions,
): void => {
  const { source, correlationId, receivedAt } = facts;
  const { accepted, rejected, filtered, messageIds, timesReplaced, warnings, warningsOmitted } = taken;
  count(taken, source, options.metrics);
  logCommands(taken, facts, options);
  const durationMs = options.now() - receivedAt;
  options.metrics.duration.observe({ path: route }, durationMs / 1000);
  const counts = { accepted, rejected, filtered, warnings: warnings.length + warningsOmitted, timesReplaced };
  options.logger.info(
    { source, correlationId, path: route, ...counts, durationMs, messageIds, ...traced },
    'event.accepted',
  );
};

/** A request's body, and its share of the instance to parse it in. */
const claimFor = async (
  request: Request,
  response: Response,
  { admission, shares }: TakeOptions,
): Promise<{ readonly admitted: Admitted; readonly share: Share }> => {
  const admitted = await admission.read(request, response);
  const { source, bytes, held } = admitted;
  const share = await shares.claim(source, bytes).finally(() => shares.bodies.give(source, held));
  if (share === undefined) throw tooManyRequests('more events wait for Kafka than this instance holds');
  return { admitted, share };
};

/** Takes the one event of a body. */
export const takeOne =
  (type: string): Take =>
  (body, options) =>
    acceptOne(type, body, options);

/** Takes the events of a body's `batch`. */
export const takeBatch: Take = (body, options) => {
  const parsed = BATCH_SCHEMA.safeParse(body);
  if (parsed.success) {
    const items = body['batch'] as unknown[];
    return acceptBatch(items, batchDefaults(body, items.length), options);
  }
  const errors = faultsOf(parsed.error);
  throw new Problem(400, 'invalid_batch', `the batch was not accepted: ${rulesOf(errors)}`, { errors });
};

/**
 * Reads a request, has its events taken and answers once Kafka has them.
 *
 * @param route the path as it is served, for metrics and lines: a client may spell it otherwise
 */
export const takeRequest =
  (route: string, take: Take, options: TakeOptions): RequestHandler =>
  async (request, response) => {
    const { admitted, share } = await claimFor(request, response, options);
    try {
      // Nobody waits for the answer any more, so nobody would know what was taken.
      if (response.destroyed) return;
      const body = readJsonObject(admitted.bytes);
      options.admission.confirm(request, admitted, body);
      const facts = factsOf(request, admitted.source, body['sentAt'], options);
      const traceparent = header(request, 'traceparent', TRACEPARENT);
      const taken = await take(body, { sink: options.sink, facts, share, traceparent });
      record(route, taken, facts, traceFields(request.headers, options.project), options);
      answer(response, taken, facts);
    } finally {
      share.end();
    }
  };
