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
