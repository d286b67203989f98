import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { WarehouseReadError } from '../../app/bigquery/port.ts';
import { eventIdOf } from '../../app/local/event-id-of.ts';
import { guardBrowsers } from '../../app/runtime/http/guard-browsers.ts';
import { problemHandler } from '../../app/runtime/http/problem.ts';
import { silentLogger } from '../../app/runtime/logger.ts';
import type { TraceAnswer } from '../../app/trace/trace-answer.ts';
import { traceRouter } from '../../app/trace/trace-router.ts';
import { eventually } from '../support/child.ts';
import { ID, iso, MINUTE, NOW, TraceStoresWorld } from './trace-world.ts';

let world: TraceStoresWorld;
let server: Server;
let gone: AbortSignal | undefined;
beforeEach(async () => {
  gone = undefined;
  world = await new TraceStoresWorld().start();
  const { bus, warehouse } = world;
  const stores = { bus, warehouse, eventIdOf };
  const router = traceRouter(
    (signal) => {
      gone = signal;
      return stores;
    },
    () => NOW,
  );
  server = createServer(guardBrowsers(express().use(router, problemHandler(silentLogger)), []));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await world.bus.close();
});

const get = (path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: string }> =>
  new Promise((resolve, reject) => {
    const { port } = server.address() as AddressInfo;
    const call = request({ host: '127.0.0.1', port, path, headers }, async (response) => {
      resolve({ status: response.statusCode ?? 0, body: await text(response) });
    });
    call.on('error', reject).end();
  });

const answer = async (path: string): Promise<TraceAnswer> => {
  const { status, body } = await get(path);
  expect([status, body]).toEqual([200, expect.any(String)]);
  return JSON.parse(body) as TraceAnswer;
};

describe('GET /trace/:id', () => {
  it('answers the trace of an id, times in RFC 3339', async () => {
    await world.accept('m/1 ü');
    world.message('sent', { trigger_event_id: null, person_id: 'u2' });
    const found = await answer('/trace/m%2F1%20%C3%BC');
    expect(found).toEqual({
      id: 'm/1 ü',
      since: iso(NOW - 24 * 60 * MINUTE),
      verdicts: [{ state: 'waiting', eventId: expect.any(String), words: expect.any(String) }],
      steps: [
        {
          at: iso(world.at),
          where: 'customerio.track',
          kind: 'accepted',
          what: expect.stringContaining('track accepted'),
          eventId: expect.any(String),
          messageId: 'm/1 ü',
          correlationId: 'c-m/1 ü',
          person: 'u1',
          type: 'track',
        },
      ],
      searched: expect.objectContaining({ 'customerio.track': true, delivery_events: true }),
    });
    expect((await answer('/trace/d1')).verdicts).toMatchObject([{ state: 'message', deliveryId: 'd1' }]);
  });

  it('looks as far back, and at as many records, as it is asked to', async () => {
    await world.accept('m1');
    expect((await answer('/trace/m1?since=20m')).steps).toEqual([]);
    expect((await answer(`/trace/${ID}?since=${iso(NOW - 40 * MINUTE)}`)).steps).toHaveLength(1);
    for (let n = 0; n < 10; n += 1) await world.accept(`x${n}`, 'u1');
    expect((await answer('/trace/x9?max=3')).searched).toMatchObject({ 'customerio.track': false });
  });

  it.each([
    ['/trace/%20', 'the id is empty'],
    ['/trace/a%00b', 'NUL'],
    [`/trace/${'x'.repeat(1001)}`, 'at most 1000 characters'],
    ['/trace/m1?since=yesterday', 'since must be an age such as 24h'],
    ['/trace/m1?since=31d', 'since may be 30d ago at most'],
    ['/trace/m1?max=0', 'max must be a whole number'],
    ['/trace/m1?max=1&max=2', 'max may be given once'],
    ['/trace/m1?within=601', 'within must be a whole number from 1 to 600'],
  ])('refuses %s', async (path, words) => {
    const { status, body } = await get(path);
    expect([status, JSON.parse(body).message]).toEqual([400, expect.stringContaining(words)]);
  });

  it.each([
    { host: 'evil.example', code: 'host_not_allowed' },
    { origin: 'https://evil.example', code: 'local_only' },
    { origin: 'null', code: 'local_only' },
    { 'sec-fetch-site': 'cross-site', code: 'local_only' },
    { 'sec-fetch-site': 'same-site', code: 'local_only' },
  ])('tells another page or name nothing: %j', async ({ code, ...headers }) => {
    const { status, body } = await get('/trace/m1', headers as Record<string, string>);
    expect([status, JSON.parse(body).code]).toEqual([403, code]);
  });

  it('answers its own page', async () => {
    const { port } = server.address() as AddressInfo;
    const origin = `http://127.0.0.1:${port}`;
    const headers = { host: `127.0.0.1:${port}`, origin, 'sec-fetch-site': 'same-origin' };
    expect((await get('/trace/m1', headers)).status).toBe(200);
  });

  it('tells its stores when the client has gone', async () => {
    const waiting = Promise.withResolvers<never>();
    world.warehouse.newest = () => waiting.promise;
    const { port } = server.address() as AddressInfo;
    const call = request({ host: '127.0.0.1', port, path: '/trace/m1' }).on('error', () => undefined);
    call.end();
    await eventually(
      () => 'the trace has begun',
      async () => gone !== undefined,
      5000,
    );
    expect(gone?.aborted).toBe(false);
    call.destroy();
    await eventually(
      () => 'it is told',
      async () => gone?.aborted === true,
      5000,
    );
    waiting.reject(new WarehouseReadError('it is closed'));
  });

  it('says which store does not answer', async () => {
    world.bus.setAvailable(false);
    const kafka = await get('/trace/m1');
    expect([kafka.status, JSON.parse(kafka.body).code]).toEqual([503, 'kafka_unavailable']);
    world.warehouse.newest = () => Promise.reject(new WarehouseReadError('it is closed'));
    const { status, body } = await get('/trace/m1');
    expect([status, JSON.parse(body)]).toMatchObject([
      503,
      { code: 'warehouse_unavailable', message: 'it is closed' },
    ]);
  });
});
