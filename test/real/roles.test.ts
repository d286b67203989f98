import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startFakeCustomerIo } from '../../app/local/fake-customerio/fake-customerio.ts';
import { startIngest } from '../../app/roles/start-ingest.ts';
import { parseConfig } from '../../app/runtime/config/parse-config.ts';
import { silentLogger } from '../../app/runtime/logger.ts';
import { type Child, eventually, freePort, runFile, startFile } from '../support/child.ts';
import { type RealKafka, realKafka, whyNoRealKafka } from '../support/real-kafka.ts';
import { SASL_USER } from '../support/secured-listener.ts';

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

    const isReady = (child: Child): Promise<void> =>
      eventually(
        () => `${child.url} is ready\n${child.output()}`,
        async () => (await fetch(`${child.url}/readyz`)).status === 200,
        30_000,
      );
    const holdsFor = (child: Child, heldFor: string): Promise<void> =>
      eventually(
        () => `${child.url} holds for ${heldFor}\n${child.output()}`,
        async () => (await (await fetch(`${child.url}/readyz`)).text()).includes(`"heldFor":"${heldFor}"`),
        30_000,
      );
    const send = (child: Child, body: object, key = 'key-1'): Promise<Response> =>
      fetch(`${child.url}/v1/track`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${key}:`)}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });

    it(
      'hold without their topics, name the command that makes them, and go on once they are made',
      async () => {
        const ingest = await startFile('app/roles/ingest.main.ts', await ingestEnv());
        running.push(ingest);
        await holdsFor(ingest, 'topics_wrong');
        expect((await fetch(`${ingest.url}/startupz`)).status).toBe(200);
        expect((await send(ingest, { userId: 'u0', event: 'Early' })).status).toBe(503);
        const [line = '', ...more] = ingest
          .output()
          .split('\n')
          .filter((each) => each.includes('kafka.held'));
        expect(more).toEqual([]);
        expect(JSON.parse(line)).toMatchObject({ severity: 'ERROR', heldFor: 'topics_wrong' });
        expect(line).toContain('customerio.identify');
        expect(line).toContain('cio-platform kafka apply');
        expect(await runFile('app/cli/main.ts', ['kafka', 'check'], kafkaEnv())).toMatchObject({ code: 1 });
        expect(await runFile('app/cli/main.ts', ['kafka', 'apply'], kafkaEnv())).toMatchObject({ code: 0 });
        expect(await runFile('app/cli/main.ts', ['kafka', 'check'], kafkaEnv())).toMatchObject({ code: 0 });
        await isReady(ingest);
        expect(await ingest.stop()).toBe(0);
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
        await isReady(ingest);
        const response = await send(ingest, { userId: 'u1', event: 'Bought' }, 'key-2');
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
      'join and hold while a credential of Customer.io is unset, and end in time',
      async () => {
        const directory = mkdtempSync(path.join(tmpdir(), 'roles-'));
        writeFileSync(path.join(directory, 'key'), 'unset');
        const before = fake.fake.stats().requests;
        const worker = await startFile('app/roles/track-worker.main.ts', {
          ...kafkaEnv(),
          METRICS_PORT: String(await freePort()),
          CUSTOMERIO_REGION: 'eu',
          CUSTOMERIO_TRACK_URL: fake.trackUrl,
          CUSTOMERIO_SITE_ID: 'local',
          CUSTOMERIO_TRACK_API_KEY_FILE: path.join(directory, 'key'),
        });
        running.push(worker);
        await holdsFor(worker, 'credential_unset');
        await eventually(
          worker.output,
          async () => worker.output().includes('group.joined') && worker.output().includes('delivery.held'),
          30_000,
        );
        expect((await fetch(`${worker.url}/startupz`)).status).toBe(200);
        const stoppedAt = performance.now();
        expect(await worker.stop()).toBe(0);
        expect(performance.now() - stoppedAt).toBeLessThan(8_000);
        expect(fake.fake.stats().requests).toBe(before);
        rmSync(directory, { recursive: true });
      },
      LIMIT_MS,
    );

    it(
      'answer 503 within the wait while the broker is gone, and 200 after it is back',
      async () => {
        const ingest = await startFile('app/roles/ingest.main.ts', await ingestEnv());
        running.push(ingest);
        await isReady(ingest);
        const again = (): Promise<Response> =>
          send(ingest, { userId: 'u2', event: 'Waited', messageId: 'w1' });
        await kafka.kill();
        const gone = await again();
        expect(gone.status).toBe(503);
        expect(gone.headers.get('retry-after')).toBe('1');
        expect(await gone.json()).toMatchObject({ code: 'kafka_unavailable' });
        await kafka.restart();
        await eventually(
          () => 'the ingest recovers',
          async () => (await again()).status === 200,
          40_000,
        );
        expect(await ingest.stop()).toBe(0);
      },
      LIMIT_MS,
    );

    const securedEnv = async (directory: string): Promise<Record<string, string>> => ({
      ...(await ingestEnv()),
      KAFKA_BROKERS: kafka.secured?.brokers.join(',') ?? '',
      KAFKA_TLS: 'true',
      KAFKA_CA: kafka.secured?.ca ?? '',
      KAFKA_SASL_MECHANISM: 'plain',
      KAFKA_SASL_USERNAME_FILE: path.join(directory, 'user'),
      KAFKA_SASL_PASSWORD_FILE: path.join(directory, 'password'),
    });

    (process.env['KAFKA_BROKERS'] === undefined ? it : it.skip)(
      'hold while Kafka refuses their password, read it again, and go on with the new one at once',
      async () => {
        const directory = mkdtempSync(path.join(tmpdir(), 'roles-'));
        writeFileSync(path.join(directory, 'user'), SASL_USER.username);
        writeFileSync(path.join(directory, 'password'), 'a-wrong-password');
        const ingest = await startFile('app/roles/ingest.main.ts', await securedEnv(directory));
        running.push(ingest);
        await holdsFor(ingest, 'kafka_authentication_failed');
        expect((await fetch(`${ingest.url}/startupz`)).status).toBe(503);
        writeFileSync(path.join(directory, 'password'), SASL_USER.password);
        await isReady(ingest);
        expect((await send(ingest, { userId: 'u3', event: 'Let in' })).status).toBe(200);
        expect(ingest.output()).toContain('secret.changed');
        expect(ingest.output()).not.toContain('a-wrong-password');
        expect(await ingest.stop()).toBe(0);
        rmSync(directory, { recursive: true });
      },
      LIMIT_MS,
    );

    (process.env['KAFKA_BROKERS'] === undefined ? it : it.skip)(
      'connect once the password that was unset is there',
      async () => {
        const directory = mkdtempSync(path.join(tmpdir(), 'roles-'));
        writeFileSync(path.join(directory, 'user'), SASL_USER.username);
        writeFileSync(path.join(directory, 'password'), 'unset');
        const config = parseConfig('ingest', await securedEnv(directory));
        const ingest = await startIngest(config, { rereadMs: 200, logger: silentLogger });
        const answers = (name: string, status: number) => async (): Promise<boolean> =>
          (await fetch(`${ingest.url}/${name}`)).status === status;
        expect([await answers('startupz', 200)(), await answers('readyz', 503)()]).toEqual([true, true]);
        writeFileSync(path.join(directory, 'password'), SASL_USER.password);
        await eventually(() => 'it connects', answers('readyz', 200), 20_000);
        await ingest.stop();
        rmSync(directory, { recursive: true });
      },
      LIMIT_MS,
    );
  },
);
