import { type ErrorRequestHandler, type RequestHandler, Router } from 'express';
import { EVENT_TYPES, PATHS } from '../contract/http-paths.ts';
import { decodablePath } from '../runtime/http/decodable-path.ts';
import { Problem, problemHandler } from '../runtime/http/problem.ts';
import { Admission } from './admission.ts';
import { sourceOf } from './answer-log.ts';
import type { Authenticate } from './authenticate.ts';
import type { Mapping } from './normalise-event.ts';
import { openapiDocument } from './openapi.ts';
import { refuseBrowsers } from './refuse-browsers.ts';
import { Shares } from './shares.ts';
import { SlowRefusals } from './slow-refusals.ts';
import { type Take, type TakeOptions, takeBatch, takeOne, takeRequest } from './take-request.ts';
import { tooManyRequests } from './too-many-requests.ts';

/** What the ingest API needs. */
export interface IngestOptions extends Omit<TakeOptions, 'admission' | 'shares'> {
  readonly authenticate: Authenticate;
  /** What sources share of the instance. @default its limits */
  readonly shares?: Shares;
  /** Whether the process is stopping: new requests are then answered 503. */
  readonly stopping: () => boolean;
  /** Whether no more events may be taken: new requests are then answered 429. @default never */
  readonly full?: () => boolean;
}

/** `//v1/track`, of a host that was given with a final slash, is `/v1/track`. */
const oneSlash: RequestHandler = (request, _response, next) => {
  if (request.url.startsWith('/'))
    request.url = request.url.replace(/^[^?]+/, (path) => path.replaceAll(/\/{2,}/g, '/'));
  next();
};

const requireRoom =
  ({ stopping, full = () => false }: IngestOptions): RequestHandler =>
  (_request, _response, next) => {
    if (stopping()) {
      const message = 'this instance is stopping: send again';
      throw new Problem(503, 'stopping', message, { retryAfterSeconds: 1, closes: true });
    }
    if (full()) throw tooManyRequests('more events wait than this instance holds');
    next();
  };

/** SDKs of Kotlin call JSON `text/plain`, those of C# nothing at all. */
const JSON_TYPES = /^(application\/([\w.+-]+\+)?json|text\/plain)\b/i;

const requireJson: RequestHandler = (request, _response, next) => {
  const type = request.get('content-type');
  if (type && !JSON_TYPES.test(type)) {
    throw new Problem(
      415,
      'unsupported_media_type',
      'Content-Type must be application/json, text/plain or absent',
    );
  }
  next();
};

const BATCH_PATHS = [PATHS.batch, PATHS.b, PATHS.import];

const onlyPost: RequestHandler = (_request, response) => {
  response.set('Allow', 'POST');
  throw new Problem(405, 'method_not_allowed', 'only POST is served here');
};

const serveOpenapi =
  (mapping: Mapping): RequestHandler =>
  (_request, response) => {
    const { bytes, etag } = openapiDocument(mapping);
    response.set('ETag', etag).type('json').send(bytes);
  };

const notServed: RequestHandler = () => {
  const types = EVENT_TYPES.map((type) => `/v1/${type}`).join(', ');
  throw new Problem(404, 'not_found', `served are ${types}, ${BATCH_PATHS.join(', ')}`);
};

const refuseSlowly =
  (refusals: SlowRefusals): ErrorRequestHandler =>
  async (error, _request, response, next) => {
    await refusals.wait(sourceOf(response));
    next(error);
  };

/**
 * The ingest API: the Segment HTTP spec for server-side SDKs. Answers 200 only after Kafka has acknowledged. Every error is
 * problem details (RFC 9457).
 *
 * @example app.use(ingestRouter({ authenticate: writeKeyAuthenticator(() => keys), sink: bus, logger, metrics, now: Date.now, … }))
 */
export const ingestRouter = (options: IngestOptions): Router => {
  const { shares = new Shares() } = options;
  const hasCompany = (source: string): boolean => shares.hasPresentCompany(source);
  const refusals = new SlowRefusals({ hasCompany, now: () => performance.now() });
  const admission = new Admission({ authenticate: options.authenticate, shares });
  const router = Router();
  router.use(oneSlash);
  router.get(PATHS.openapi, serveOpenapi(options.mapping));
  router.use(decodablePath);
  router.use(refuseBrowsers());
  const guards = [admission.byHeaders, requireRoom(options), requireJson];
  const serve = (path: string, take: Take): void => {
    const handler = takeRequest(path, take, { ...options, admission, shares });
    router
      .route(path)
      .post(...guards, handler)
      .all(onlyPost);
  };
  for (const type of EVENT_TYPES) serve(`/v1/${type}`, takeOne(type));
  for (const path of BATCH_PATHS) serve(path, takeBatch);
  router.use('/v1', notServed);
  router.use(refuseSlowly(refusals), problemHandler(options.logger));
  return router;
};
