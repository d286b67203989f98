const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether a URL's host is this machine. */
export const isLoopback = ({ hostname }: URL): boolean => LOOPBACK.has(hostname);

/** This machine has one name here, and a host may be written in any case. */
const normal = (text: string): string => {
  const url = URL.parse(text);
  if (url === null) return text;
  if (isLoopback(url)) url.hostname = 'localhost';
  return url.href;
};

/**
 * Whether two endpoints of webhooks are one.
 *
 * @example isSameEndpoint('http://localhost:8080/x', 'http://127.0.0.1:8080/x') // true
 */
export const isSameEndpoint = (one: string, other: string): boolean => normal(one) === normal(other);
