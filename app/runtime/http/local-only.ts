import type { RequestHandler } from 'express';
import { Problem } from './problem.ts';
import { isForeignPage } from './request-site.ts';

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/**
 * Refuses whoever is not of this machine, and pages of another origin, also where they only read: what is behind it tells of
 * people. Names that were made to point here are the listener's to refuse ({@link guardBrowsers}).
 *
 * @param what such as `the warehouse`
 * @throws Problem 403 `local_only`
 */
export const localOnly =
  (what: string): RequestHandler =>
  ({ socket, headers }, _response, next) => {
    if (LOOPBACK.has(socket.remoteAddress ?? '') && !isForeignPage(headers)) return next();
    throw new Problem(403, 'local_only', `${what} answers this machine only, and no page of another origin`);
  };
