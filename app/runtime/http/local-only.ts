import type { RequestHandler } from 'express';
import { isFromThisMachine } from './local-host.ts';
import { Problem } from './problem.ts';

/**
 * Refuses whoever is not of this machine: what is behind it tells of people.
 *
 * @param what such as `the warehouse`
 * @throws Problem 403 `local_only`
 */
export const localOnly =
  (what: string): RequestHandler =>
  (request, _response, next) => {
    if (isFromThisMachine(request)) return next();
    throw new Problem(
      403,
      'local_only',
      `${what} answers this machine only, by localhost, and no other page`,
    );
  };
