import { once } from 'node:events';
import type { Server } from 'node:net';

/** Has a server listen on a free port of this machine. */
export const listenOnLoopback = async (server: Server): Promise<void> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
};

/** `host:port` to connect to a server that listens. */
export const loopbackAddressOf = (server: Pick<Server, 'address'>): string => {
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
};
