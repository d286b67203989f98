import { relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Role } from '../../app/contract/roles.ts';
import { bundleRole } from '../../constructs/bundle/bundle-role.ts';
import { type Child, startFile } from '../support/child.ts';
import { ROOT } from './bundle-world.ts';

/** Nothing listens at the broker's port: a role starts and holds. */
const ENVIRONMENT = { KAFKA_BROKERS: '127.0.0.1:1', HOST: '127.0.0.1', PORT: '0', METRICS_PORT: '0' };

const startBundle = (role: Role, env: Readonly<Record<string, string>>): Promise<Child> =>
  startFile(relative(ROOT, bundleRole(role).files[0]?.path ?? ''), { ...ENVIRONMENT, ...env });

describe('the bundled ingest', () => {
  let child: Child;
  beforeAll(async () => {
    child = await startBundle('ingest', { INGEST_WRITE_KEYS: 'shop=k1' });
  }, 40_000);
  afterAll(() => child.kill());

  it('says ready, although Kafka is not there', () => {
    expect(child.output()).toMatch(/^ready http:\/\/\S+:\d+$/m);
  });

  it('answers JSON with its character set', async () => {
    const answer = await fetch(`${child.url}/healthz`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await answer.json()).toEqual({ status: 'ok' });
  });

  it('describes itself, which needs the schemas', async () => {
    const answer = await fetch(`${child.url}/v1/openapi.json`);
    const document = (await answer.json()) as { openapi: string; paths: Record<string, unknown> };
    expect(document.openapi).toMatch(/^3\.1/);
    expect(Object.keys(document.paths)).toContain('/v1/track');
  });

  it('reads and refuses a faulty event in its own words', async () => {
    const answer = await fetch(`${child.url}/v1/track`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from('k1:').toString('base64')}`,
        'content-type': 'application/json; charset=utf-8',
      },
      body: '{"userId":"u1"',
    });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(await answer.json()).toMatchObject({ status: 400 });
  });
});

describe('the bundled track worker', () => {
  it('says ready, although Kafka is not there, and stops at a signal', async () => {
    const child = await startBundle('track-worker', {
      CUSTOMERIO_REGION: 'eu',
      CUSTOMERIO_SITE_ID: 'site',
      CUSTOMERIO_TRACK_API_KEY: 'key',
    });
    expect(await child.stop()).toBe(0);
  }, 40_000);
});
