import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { AnswerLog } from '../../app/ingest/answer-log.ts';
import { ingestMetrics } from '../../app/ingest/ingest-metrics.ts';
import { BusError } from '../../app/kafka/port.ts';
import { Problem } from '../../app/runtime/http/problem.ts';
import { createMetrics, type Metrics } from '../../app/runtime/metrics.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { type IngestServer, startIngest } from './ingest-server.ts';

const event = { userId: 'u1', event: 'x' };

let metrics: Metrics;
let server: IngestServer;
let logger: RecordingLogger;

beforeEach(async () => {
  metrics = createMetrics();
  const counts = ingestMetrics(metrics);
  logger = new RecordingLogger();
  const answers = new AnswerLog(counts.requests, logger);
  server = await startIngest({ metrics: counts }, express.Router().use(answers.handler));
});
afterEach(() => server.close());

const counted = async (): Promise<Record<string, number>> => {
  // An answer is counted when its connection has taken it.
  await sleep(50);
  // Series that are known from the start are 0.
  const found = [...(await metrics.text()).matchAll(/^ingest_requests_total\{(.*)\} ([1-9]\d*)$/gm)];
  return Object.fromEntries(
    found.map(([, labels, count]) => [String(labels).replaceAll(/\w+=|"/g, ''), Number(count)]),
  );
};

describe('every answer of the ingest', () => {
  it('is counted by source, status and code', async () => {
    await server.post('/v1/track', event);
    await server.post('/v1/track', event);
    await server.post('/v1/track', event, { authorization: 'Basic bm9ib2R5Og==' });
    await server.post('/v1/track', {});
    await server.post('/v1/track', '{');
    await server.post('/v1/track', event, { 'content-encoding': 'br' });
    await server.post('/v1/nothing', event);
    await fetch(`${server.url}/v1/openapi.json`);
    server.sink.fault = new BusError('unavailable', 'away');
    await server.post('/v1/track', event);
    server.sink.fault = new Error('a fault of ours');
    await server.post('/v1/track', event);
    expect(await counted()).toEqual({
      'shop,200,ok': 2,
      'unknown,401,unauthorized': 1,
      'shop,400,invalid_event': 1,
      'shop,400,invalid_json': 1,
      'shop,415,unsupported_encoding': 1,
      'unknown,404,not_found': 1,
      'unknown,200,ok': 1,
      'shop,503,kafka_unavailable': 1,
      'shop,500,internal': 1,
    });
  });

  it('is counted under the source that the body’s key names, and under none where it names none', async () => {
    await server.bare('/v1/track', { ...event, writeKey: 'k-shop' });
    await server.bare('/v1/track', { writeKey: 'k-app' });
    await server.bare('/v1/track', { ...event, writeKey: 'k-nobody' });
    await server.bare('/v1/track', event);
    expect(await counted()).toEqual({
      'shop,200,ok': 1,
      'app,400,invalid_event': 1,
      'unknown,401,unauthorized': 2,
    });
    expect(JSON.stringify(logger.of('request.refused'))).not.toMatch(/k-nobody|k-shop/);
  });

  it('is counted as gone where nobody waited for it', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write(
      'POST /v1/track HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic ay1zaG9wOg==\r\nContent-Length: 100\r\n\r\n{',
    );
    await sleep(50);
    socket.destroy();
    expect(await counted()).toEqual({ 'shop,499,client_gone': 1 });
  });

  it('that refuses writes a line a second for each code and source, with the number of those left out', async () => {
    const wrong = { authorization: 'Basic bm9ib2R5Og==' };
    for (let index = 0; index < 50; index += 1) await server.post('/v1/track', event, wrong);
    await server.post('/v1/track', {});
    await sleep(1_100);
    const of = (code: string) => logger.of('request.refused').filter(({ fields }) => fields['code'] === code);
    const guesses = of('unauthorized').map(({ fields }) => fields as { omitted?: number });
    expect(guesses.length).toBeLessThanOrEqual(3);
    expect(guesses.reduce((sum, { omitted = 0 }) => sum + 1 + omitted, 0)).toBe(50);
    expect(of('invalid_event')).toEqual([
      expect.objectContaining({ fields: { source: 'shop', status: 400, code: 'invalid_event' } }),
    ]);
  });

  it('by the HTTP server itself is counted too', async () => {
    const own = createMetrics();
    const log = new AnswerLog(ingestMetrics(own).requests, new RecordingLogger());
    log.refused(new Problem(431, 'headers_too_large', 'too large'));
    expect(await own.text()).toContain(
      'ingest_requests_total{source="unknown",status="431",code="headers_too_large"} 1',
    );
  });
});

describe('labels', () => {
  it('are the route, however the path is spelt', async () => {
    for (const path of ['/v1/track', '/V1/Track', '/v1/TRACK/', '/v1/tracK?x=1']) {
      expect((await server.post(path, event)).status).toBe(200);
    }
    const paths = [...(await metrics.text()).matchAll(/duration_seconds_count\{path="(.*?)"\}/g)];
    expect(paths.map(([, path]) => path)).toEqual(['/v1/track']);
  });
});
