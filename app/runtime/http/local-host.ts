import type { Request } from 'express';

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);
const LOCAL_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * The host and port that a program of this machine asked, by a name of this machine: another name may have been made to point
 * here. Undefined for everybody else.
 */
export const localHost = ({ socket, headers }: Request): string | undefined => {
  const host = URL.parse(`http://${headers.host ?? ''}`);
  const isLocal = LOOPBACK.has(socket.remoteAddress ?? '') && LOCAL_NAMES.has(host?.hostname ?? '');
  return isLocal ? host?.host : undefined;
};

/**
 * Whether a program or a page of this machine asks. A page of another origin, also one whose name was made to point here, does
 * not: browsers say so by Origin or, of a plain GET, by Sec-Fetch-Site.
 */
export const isFromThisMachine = (request: Request): boolean => {
  const host = localHost(request);
  const { origin, 'sec-fetch-site': site } = request.headers;
  const isSameOrigin = origin === undefined || URL.parse(origin)?.host === host;
  return host !== undefined && isSameOrigin && site !== 'cross-site';
};
