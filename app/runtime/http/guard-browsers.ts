import type { IncomingMessage, RequestListener } from 'node:http';
import { isIP } from 'node:net';
import { Problem, sendProblem } from './problem.ts';
import { hostOf, isForeignPage } from './request-site.ts';

/** Headers that forbid frames and guessing of content types. */
export const BROWSER_HEADERS = {
  'X-Frame-Options': 'DENY',
  'Content-Security-Policy': "frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
};

/** Methods that change nothing here. */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

const isAddress = (host: string): boolean => isIP(host.replace(/^\[(.*)\]$/, '$1')) !== 0;

const isAllowed = (host: string, names: readonly string[]): boolean =>
  isAddress(host) || host === 'localhost' || host.endsWith('.localhost') || names.includes(host);

const refusalOf = ({ headers, method }: IncomingMessage, names: readonly string[]): Problem | undefined => {
  const host = hostOf(headers.host);
  if (host === undefined || !isAllowed(host, names)) {
    return new Problem(
      403,
      'host_not_allowed',
      'this host is not served: use localhost or an IP address, or add the name to LOCAL_HOSTS',
    );
  }
  if (SAFE.has(method ?? '') || !isForeignPage(headers)) return undefined;
  return new Problem(
    403,
    'foreign_page',
    'pages of another origin may change nothing here: send from a server',
  );
};

/**
 * Stands before a server that has no credentials and runs on a developer's machine, where every page in the browser can reach it.
 * Refuses, with 403, names that may have been made to point here (DNS rebinding), and whatever a page of another site would change;
 * forbids frames and guessing of content types on every answer.
 *
 * @param names hosts besides localhost, *.localhost and IP addresses, as {@link hostnameOf} gives them
 * @example createServer(guardBrowsers(app, ['dev.example']))
 */
export const guardBrowsers =
  (handler: RequestListener, names: readonly string[]): RequestListener =>
  (request, response) => {
    response.setHeaders(new Map(Object.entries(BROWSER_HEADERS)));
    const refusal = refusalOf(request, names);
    if (refusal === undefined) handler(request, response);
    else sendProblem(response, refusal);
  };
