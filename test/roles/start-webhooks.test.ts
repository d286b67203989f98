import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryStream } from '../../app/pubsub/in-memory-stream.ts';
import type { EventStream } from '../../app/pubsub/port.ts';
import { startWebhooks } from '../../app/roles/start-webhooks.ts';
import { parseConfig } from '../../app/runtime/config/parse-config.ts';
import { ListenError } from '../../app/runtime/http/listen.ts';
import type { Running } from '../../app/runtime/run-until-signal.ts';
import { until } from '../delivery/worker-world.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { SAMPLES } from '../webhooks/documented.ts';
import { expectWritable, signed } from '../webhooks/webhook-server.ts';
import { get } from './role-world.ts';

const [SAMPLE] = SAMPLES;
/** The role has the system's clock: an event of another year would be kept in the quarantine. */
const BODY = (SAMPLE?.text ?? '').replace(/"timestamp":\d+/, `"timestamp":${Math.floor(Date.now() / 1000)}`);

let directory: string;
let logger: RecordingLogger;
let stream: InMemoryStream;
let running: Running[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'webhooks-'));
  logger = new RecordingLogger();
  stream = new InMemoryStream();
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
  rmSync(directory, { recursive: true });
});

const key = (text: string): string => {
  const path = join(directory, 'key');
  writeFileSync(path, text);
  return path;
};

const start = async (
  settings: Readonly<Record<string, string>> = {},
  over: EventStream = stream,
  signingKey = 'k1',
  rereadMs = 20,
): Promise<string> => {
  const config = parseConfig('webhooks', {
    HOST: '127.0.0.1',
    PORT: '0',
    METRICS_PORT: '0',
    PUBSUB_PROJECT: 'acme',
    WEBHOOK_SIGNING_KEY_FILE: key(signingKey),
    ...settings,
  });
  const role = await startWebhooks(config, { stream: over, logger, rereadMs, retryMs: 5 });
  running.push(role);
  return role.url;
};

const post = (url: string, signingKey: string): Promise<Response> =>
  fetch(`${url}/webhooks/customerio`, { method: 'POST', headers: signed(BODY, signingKey), body: BODY });

describe('startWebhooks', () => {
  it('says in its line of which trace a webhook is', async () => {
    const url = await start({ GOOGLE_CLOUD_PROJECT: 'acme' });
    const trace = { 'x-cloud-trace-context': '4bf92f3577b34da6a3ce929d0e0e4736/74;o=1' };
    const headers = { ...signed(BODY, 'k1'), ...trace };
    const { status } = await fetch(`${url}/webhooks/customerio`, { method: 'POST', body: BODY, headers });
    expect(status).toBe(200);
    await until(() => logger.of('webhook.received').length > 0);
    expect(logger.of('webhook.received')[0]?.fields).toMatchObject({
      outcome: 'stored',
      'logging.googleapis.com/trace': 'projects/acme/traces/4bf92f3577b34da6a3ce929d0e0e4736',
      'logging.googleapis.com/spanId': '000000000000004a',
    });
  });

  it('stores signed events, in a form that BigQuery takes, and is ready', async () => {
    const url = await start();
    expect((await post(url, 'k1')).status).toBe(200);
    expect(stream.messages).toMatchObject([{ table: 'delivery_events' }]);
    expectWritable(stream);
    expect(await get(`${url}/readyz`)).toEqual({
      status: 200,
      retryAfter: null,
      body: { ready: true, roles: { webhooks: {} } },
    });
    expect(await get(`${url}/startupz`)).toMatchObject({ status: 200 });
    expect((await get(`${url}/elsewhere`)).body).toMatchObject({ code: 'not_found' });
    for (const path of ['/webhooks/%zz', '/webhooks/customerio%', '/%ff'])
      expect(await get(`${url}${path}`)).toMatchObject({ status: 400, body: { code: 'invalid_path' } });
  });

  it('holds while its signing key is unset, and takes a new one over', async () => {
    const url = await start({}, stream, 'unset');
    expect(await get(`${url}/healthz`)).toMatchObject({ status: 200 });
    expect(await get(`${url}/readyz`)).toMatchObject({
      status: 503,
      body: { ready: false, roles: { webhooks: { heldFor: 'signing_key_unset' } } },
    });
    const held = await post(url, 'unset');
    expect([held.status, held.headers.get('retry-after')]).toEqual([503, '30']);
    key('k1\nk2');
    await until(() => logger.of('secret.changed').length === 1);
    expect((await get(`${url}/readyz`)).status).toBe(200);
    expect([(await post(url, 'k1')).status, (await post(url, 'k2')).status]).toEqual([200, 200]);
    key('k2');
    await until(() => logger.of('secret.changed').length === 2);
    expect([(await post(url, 'k1')).status, (await post(url, 'k2')).status]).toEqual([401, 200]);
  });

  it('reads its key again at once for a signature that it cannot verify, but not for every one', async () => {
    const url = await start({}, stream, 'k1', 300_000);
    key('k1\nk2');
    expect((await post(url, 'k2')).status).toBe(200);
    expect(logger.of('secret.changed')).toHaveLength(1);
    key('k1\nk2\nk3');
    expect((await post(url, 'k3')).status).toBe(401);
  });

  it('is not ready while its stream is stuck', async () => {
    const url = await start();
    stream.stuck = true;
    expect(await get(`${url}/readyz`)).toMatchObject({
      status: 503,
      body: { roles: { webhooks: { heldFor: 'stream_stuck' } } },
    });
    stream.stuck = false;
    expect((await get(`${url}/readyz`)).status).toBe(200);
  });

  it('answers 503 with Retry-After when the event is not stored', async () => {
    const url = await start();
    stream.fault = new Error('gone');
    const refused = await post(url, 'k1');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
  });

  it('has started once its stream is reached, says once why it is not, and listens meanwhile', async () => {
    let reachable = false;
    let tries = 0;
    const connect = async (): Promise<void> => {
      tries += 1;
      if (!reachable) throw new Error('no credentials');
    };
    const url = await start({}, Object.assign(stream, { connect }));
    await until(() => tries > 2);
    expect(await get(`${url}/startupz`)).toMatchObject({
      status: 503,
      body: { started: false, reason: 'stream_unreachable' },
    });
    expect(logger.of('stream.unreachable')).toHaveLength(1);
    reachable = true;
    await until(() => logger.of('stream.ready').length === 1);
    expect((await get(`${url}/startupz`)).status).toBe(200);
  });

  it('finishes what is under way when it is stopped, and refuses what comes later', async () => {
    const url = await start();
    stream.latencyMs = 200;
    const publish = stream.publish.bind(stream);
    let publishes = 0;
    stream.publish = (messages) => {
      publishes += 1;
      return publish(messages);
    };
    const last = post(url, 'k1');
    await until(() => publishes === 1);
    await running.splice(0)[0]?.stop();
    expect((await last).status).toBe(200);
    expect(stream.messages).toHaveLength(1);
    await expect(post(url, 'k1')).rejects.toThrow();
    await expect(stream.publish([])).rejects.toThrow('closed');
  });

  it('leaves nothing listening when its second port is busy', async () => {
    const port = new URL(await start()).port;
    await expect(start({ METRICS_PORT: port, HOST: '127.0.0.1' })).rejects.toThrow(ListenError);
  });
});
