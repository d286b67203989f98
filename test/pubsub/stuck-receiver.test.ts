import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GoogleStream } from '../../app/pubsub/google-stream.ts';
import { StreamError } from '../../app/pubsub/stream-error.ts';
import { startWebhooks } from '../../app/roles/start-webhooks.ts';
import { parseConfig } from '../../app/runtime/config/parse-config.ts';
import type { Running } from '../../app/runtime/run-until-signal.ts';
import { resourcesIn, synthesizeProps } from '../../tools/reference/synthesize-props.ts';
import { VARIANTS } from '../constructs/variants.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { signed } from '../webhooks/webhook-server.ts';
import { FakePublisher } from './fake-publisher.ts';

const MINUTE = 60_000;

describe('a receiver whose stream is stuck', () => {
  let directory: string;
  let role: Running;
  const clock = { ms: 0 };
  const publisher = new FakePublisher();
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'stuck-'));
    writeFileSync(join(directory, 'key'), 'k1');
    const config = parseConfig('webhooks', {
      HOST: '127.0.0.1',
      PORT: '0',
      METRICS_PORT: '0',
      PUBSUB_PROJECT: 'acme',
      WEBHOOK_SIGNING_KEY_FILE: join(directory, 'key'),
    });
    const connect = async (): Promise<FakePublisher> => publisher;
    const stream = new GoogleStream({
      project: 'acme',
      topic: 't',
      batchMs: 1,
      connect,
      now: () => clock.ms,
    });
    role = await startWebhooks(config, { stream, logger: new RecordingLogger() });
  });
  afterEach(async () => {
    await role.stop();
    rmSync(directory, { recursive: true });
  });

  const readiness = async (): Promise<number> => (await fetch(`${role.url}/readyz`)).status;
  const postAt = async (ms: number): Promise<number> => {
    clock.ms = ms;
    const headers = signed('{}', 'k1');
    return (await fetch(`${role.url}/webhooks/customerio`, { method: 'POST', headers, body: '{}' })).status;
  };

  it('is not ready, hours without webhooks included, and ready with the next one that is stored', async () => {
    publisher.faultOf = () => new StreamError('unavailable', 'down');
    expect([await postAt(0), await readiness()]).toEqual([503, 200]);
    expect([await postAt(5 * MINUTE), await readiness()]).toEqual([503, 503]);
    clock.ms = 600 * MINUTE;
    expect(await readiness()).toBe(503);
    publisher.faultOf = () => undefined;
    expect([await postAt(700 * MINUTE), await readiness()]).toEqual([200, 200]);
  });

  it('still gets webhooks, for no probe of Cloud Run asks for its readiness', () => {
    const services = Object.values(VARIANTS)
      .flatMap((props) => resourcesIn(synthesizeProps(props)))
      .filter(({ path }) => path === 'webhooks/service')
      .map(({ body }) => JSON.stringify(body));
    expect(services.length).toBeGreaterThan(0);
    for (const service of services) {
      expect(service).toContain('"path":"/healthz"');
      expect(service).not.toContain('/readyz');
      expect(service).not.toContain('readiness_probe');
    }
  });
});
