import type { IncomingHttpHeaders } from 'node:http';

/**
 * A name or address as a URL has it: in lower case, an unusual IPv4 address in four numbers, without the dot that may end a name.
 * Undefined for what is no name, for instance because it has a port, user name or path.
 *
 * @example hostnameOf('LOCALHOST.') // 'localhost'
 */
export const hostnameOf = (text: string): string | undefined => {
  const isBare = /^(\[[\da-f:.]+\]|[^\s:/?#@\\[\]%*,]+)$/i.test(text);
  return isBare ? URL.parse(`http://${text}`)?.hostname.replace(/\.$/, '') : undefined;
};

/** The name or address in a Host header, without its port. */
export const hostOf = (header: string | undefined): string | undefined =>
  hostnameOf((header ?? '').replace(/:\d*$/, ''));

/** Whether an Origin header names another scheme, host or port than the one that was asked; `null` does. */
export const isForeignOrigin = (origin: string, host: string | undefined): boolean => {
  const page = URL.parse(origin);
  // A proxy may have taken TLS off: the scheme is the page's.
  const asked = page && URL.parse(`${page.protocol}//${host ?? ''}`);
  return !asked || page.host !== asked.host;
};

/**
 * Whether a page of another site has sent a request, by what browsers say of themselves: Origin or, where there is none,
 * Sec-Fetch-Site. Another port of the same host is another site. Other clients send neither.
 *
 * @example isForeignPage({ host: 'localhost:8080', origin: 'http://localhost:3000' }) // true
 */
export const isForeignPage = ({ host, origin, 'sec-fetch-site': site }: IncomingHttpHeaders): boolean => {
  const isOfSite = site === undefined || site === 'same-origin' || site === 'none';
  return !isOfSite || (origin !== undefined && isForeignOrigin(origin, host));
};
