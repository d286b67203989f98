import { Router } from 'express';
import { Problem } from '../runtime/http/problem.ts';
import { isForeignOrigin } from '../runtime/http/request-site.ts';

const REASON =
  'this API is for servers: its write keys must not reach a browser. Send browser events to your own backend, which adds ' +
  'the key, or use Customer.io’s JavaScript snippet';

const refusal = (): Problem => new Problem(403, 'browser_not_supported', REASON);

/**
 * Refuses what only browser SDKs ask for, and says why: CORS preflights, pages of another origin, the settings calls and the
 * one-letter endpoints of analytics.js.
 */
export const refuseBrowsers = (): Router => {
  const router = Router();
  router.options('/v1/{*path}', () => {
    throw refusal();
  });
  router.all(
    ['/v1/projects/{*path}', '/v1/settings', '/v1/p', '/v1/t', '/v1/i', '/v1/s', '/v1/g', '/v1/a', '/v1/m'],
    () => {
      throw refusal();
    },
  );
  router.use('/v1', (request, _response, next) => {
    const { origin, host } = request.headers;
    if (origin !== undefined && isForeignOrigin(origin, host)) throw refusal();
    next();
  });
  return router;
};
