import type { ServerResponse } from 'node:http';

/** A signal that aborts once nobody waits for the answer any more: the client has closed the connection, or has the answer. */
export const goneSignal = (response: ServerResponse): AbortSignal => {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return gone.signal;
};
