import { request, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { InMemoryStream } from '../../app/pubsub/in-memory-stream.ts';
import { REFILL_PATH } from '../../app/reconcile/refill-path.ts';
import { refillRouter } from '../../app/reconcile/refill-router.ts';
import { guardBrowsers } from '../../app/runtime/http/guard-browsers.ts';
import { closeServer, listen } from '../../app/runtime/http/listen.ts';
import { problemHandler } from '../../app/runtime/http/problem.ts';
import { silentLogger } from '../../app/runtime/logger.ts';

let server: Server;
let port: number;
beforeEach(async () => {
  const app = express().use(refillRouter(new InMemoryStream())).use(problemHandler(silentLogger));
  ({ server, port } = await listen(guardBrowsers(app, []), 0, '127.0.0.1'));
});
afterEach(() => closeServer(server, 0));

describe('refillRouter', () => {
  it.each([
    ['a page', { origin: 'http://localhost:1' }],
    ['a name made to point here', { host: 'rebound.example' }],
  ])('refuses %s before it reads a byte of the body', async (_who, headers) => {
    const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
    const asking = request(
      {
        host: '127.0.0.1',
        port,
        path: REFILL_PATH,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': 1000, ...headers },
      },
      (response) => resolve(response.statusCode),
    );
    asking.on('error', reject).flushHeaders();
    expect(await promise).toBe(403);
    asking
      .off('error', reject)
      .on('error', () => undefined)
      .destroy();
  });
});
