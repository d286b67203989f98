import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach } from '@jest/globals';
import { verifyRequestSignature } from 'customerio-node';
import type { WebhookEvent } from './fake-client.ts';

/** What a receiver does with a call: a status, an answer that never comes, a connection that ends or is reset. */
export type Reaction = number | 'hang' | 'end' | 'reset';

/** One call that a receiver got. */
export interface Received {
  readonly event: WebhookEvent;
  readonly raw: string;
  /** Of X-CIO-Timestamp, seconds since 1970. */
  readonly signedAt: number;
}

export const KEY = 'k-1';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

/**
 * A receiver on 127.0.0.1, closed after its test. It keeps calls with a right signature; others end its test, because
 * `until` throws for them.
 *
 * @param react what becomes of a call; `attempt` counts from 1 over all events
 */
export const startReceiver = async (
  react: (event: WebhookEvent, attempt: number) => Reaction = () => 200,
) => {
  const received: Received[] = [];
  const forged: string[] = [];
  let signingKey = KEY;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const timestamp = String(request.headers['x-cio-timestamp']);
    const signature = String(request.headers['x-cio-signature']);
    const isRight = verifyRequestSignature({ signingSecret: signingKey, timestamp, body, signature });
    if (!isRight || !/^[0-9a-f]{64}$/.test(signature)) forged.push(body.toString());
    const event = JSON.parse(body.toString()) as WebhookEvent;
    received.push({ event, raw: body.toString(), signedAt: Number(timestamp) });
    const reaction = react(event, received.length);
    if (typeof reaction === 'number') response.writeHead(reaction).end();
    else if (reaction === 'end') request.socket.end();
    else if (reaction === 'reset') request.socket.resetAndDestroy();
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const close = async (): Promise<void> => {
    const { promise: closed, resolve: done } = Promise.withResolvers<void>();
    server.close(() => done());
    server.closeAllConnections();
    await closed;
  };
  open.push({ close });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    close,
    /** The key that calls from now on must be signed with. */
    expectKey: (key: string): void => {
      signingKey = key;
    },
    /** Waits for that many calls, every one of them rightly signed. */
    until: async (count: number): Promise<readonly Received[]> => {
      await eventually(() => received.length >= count);
      if (forged.length > 0) throw new Error(`wrong signature: ${forged[0]}`);
      return received;
    },
  };
};

/** Waits until something holds; fails after 4 seconds. */
export const eventually = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  const end = performance.now() + 4000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('it did not come about in 4 s');
    await sleep(5);
  }
};

/** Long enough for a webhook that should not come to come. */
export const settle = (): Promise<void> => sleep(60);
