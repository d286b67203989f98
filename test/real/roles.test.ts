import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startFakeCustomerIo } from '../../app/local/fake-customerio/fake-customerio.ts';
import { type Child, eventually, freePort, runFile, startFile } from '../support/child.ts';
import { type RealKafka, realKafka, whyNoRealKafka } from '../support/real-kafka.ts';

const LIMIT_MS = 90_000;
const reason = whyNoRealKafka();

(reason === undefined ? describe : describe.skip)(
  `the deployed roles${reason === undefined ? '' : `: ${reason}`}`,
  () => {
    let kafka: RealKafka;
    let fake: Awaited<ReturnType<typeof startFakeCustomerIo>>;
    const running: Child[] = [];

    beforeAll(async () => {
      kafka = await realKafka();
      fake = await startFakeCustomerIo();
    }, LIMIT_MS);

    afterAll(async () => {
      for (const child of running) await child.kill();
      await fake?.close();
      await kafka?.stop();
    }, LIMIT_MS);

    const kafkaEnv = (): Record<string, string> => ({
      KAFKA_BROKERS: kafka.brokers.join(','),
      KAFKA_TLS: 'false',
      KAFKA_SESSION_TIMEOUT_MS: '6000',
    });
    const ingestEnv = async (): Promise<Record<string, string>> => ({
      ...kafkaEnv(),
      HOST: '127.0.0.1',
      PORT: String(await freePort()),
      METRICS_PORT: String(await freePort()),
      INGEST_WRITE_KEYS: 'shop=key-1\napp=key-2',
    });

    it(
      'refuse to start without their topics and name the command that makes them',
      async () => {
        const { code, output } = await runFile('app/roles/ingest.main.ts', [], await ingestEnv());
        expect(code).toBe(1);
        expect(output).toContain('customerio.identify');
        expect(output).toContain('cio-platform kafka apply');
        expect(await runFile('app/cli/main.ts', ['kafka', 'check'], kafkaEnv())).toMatchObject({ code: 1 });
        expect(await runFile('app/cli/main.ts', ['kafka', 'apply'], kafkaEnv())).toMatchObject({ code: 0 });
        expect(await runFile('app/cli/main.ts', ['kafka', 'check'], kafkaEnv())).toMatchObject({ code: 0 });
      },
      LIMIT_MS,
    );

    it(
      'carry an event from the ingest to the Track API, with metrics on a port of their own',
      async () => {
        const env = await ingestEnv();
        const ingest = await startFile('app/roles/ingest.main.ts', env);
        const worker = await startFile('app/roles/track-worker.main.ts', {
          ...kafkaEnv(),
          METRICS_PORT: String(await freePort()),
          CUSTOMERIO_REGION: 'eu',
          CUSTOMERIO_TRACK_URL: fake.trackUrl,
          CUSTOMERIO_SITE_ID: 'local',
          CUSTOMERIO_TRACK_API_KEY: 'local',
        });
        running.push(ingest, worker);
        const response = await fetch(`${ingest.url}/v1/track`, {
          method: 'POST',
          headers: { authorization: `Basic ${btoa('key-2:')}`, 'content-type': 'application/json' },
          body: JSON.stringify({ userId: 'u1', event: 'Bought' }),
        });
        expect(response.status).toBe(200);
        await eventually(
          () => 'the event arrives',
          async () => fake.fake.stats().events === 1,
          30_000,
        );
        expect((await fetch(`${ingest.url}/metrics`)).status).toBe(404);
        const metrics = await (await fetch(`http://127.0.0.1:${env['METRICS_PORT']}/metrics`)).text();
        expect(metrics).toContain('ingest_events_total{source="app",type="track",outcome="accepted"} 1');
        expect(await ingest.stop()).toBe(0);
        expect(await worker.stop()).toBe(0);
      },
      LIMIT_MS,
    );

    it(
      'answer 503 within the wait while the broker is gone, and 200 after it is back',
      async () => {
        const ingest = await startFile('app/roles/ingest.main.ts', await ingestEnv());
        running.push(ingest);
        const send = (): Promise<Response> =>
          fetch(`${ingest.url}/v1/track`, {
            method: 'POST',
            headers: { authorization: `Basic ${btoa('key-1:')}`, 'content-type': 'application/json' },
            body: JSON.stringify({ userId: 'u2', event: 'Waited', messageId: 'w1' }),
          });
        await kafka.kill();
        const gone = await send();
        expect(gone.status).toBe(503);
        expect(gone.headers.get('retry-after')).toBe('1');
        expect(await gone.json()).toMatchObject({ code: 'kafka_unavailable' });
        await kafka.restart();
        await eventually(
          () => 'the ingest recovers',
          async () => (await send()).status === 200,
          40_000,
        );
        expect(await ingest.stop()).toBe(0);
      },
      LIMIT_MS,
    );
  },
);
