import { Agent, request } from 'node:http';

/** What the clients of a source were answered. */
export interface Answers {
  readonly perSecond: number;
  /** Answers by status; `failed` where there was none. */
  readonly statuses: Readonly<Record<string, number>>;
}

const BODY = Buffer.from(
  JSON.stringify({ userId: 'u1', event: 'Order Completed', properties: { total: 23.45 } }),
);
const HEADERS = {
  authorization: `Basic ${Buffer.from('victim-write-key-1:').toString('base64')}`,
  'content-type': 'application/json',
  'content-length': BODY.length,
};

const track = (url: string, agent: Agent): Promise<string> => {
  const { promise, resolve } = Promise.withResolvers<string>();
  request(`${url}/v1/track`, { method: 'POST', agent, headers: HEADERS, timeout: 20_000 }, (response) => {
    response.resume().on('end', () => resolve(String(response.statusCode)));
  })
    .on('error', () => resolve('failed'))
    .end(BODY);
  return promise;
};

/**
 * Sends events of a source that attacks nobody, each client one after the other.
 *
 * @param ms how long, in milliseconds
 */
export const otherSource = async (url: string, clients: number, ms: number): Promise<Answers> => {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const statuses: Record<string, number> = {};
  const startedAt = performance.now();
  const client = async (): Promise<void> => {
    while (performance.now() - startedAt < ms) {
      const status = await track(url, agent);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  return { perSecond: (statuses['200'] ?? 0) / ((performance.now() - startedAt) / 1000), statuses };
};
