import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Child, eventually, freePort, runFile, startFile } from '../support/child.ts';

const LIMIT_MS = 30_000;
const MOST_MS = 8_000;
/** Where nothing waits to be written, a stop waits for nobody. */
const SOON_MS = 4_000;
const ROLES = ['ingest', 'track-worker'] as const;

let directory: string;
let silent: Server;
let silentPort: number;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'stop-'));
  writeFileSync(join(directory, 'unset'), 'unset');
  silent = createServer((socket) => socket.on('error', () => undefined));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const address = silent.address();
  silentPort = typeof address === 'object' && address ? address.port : 0;
});
afterAll(() => {
  silent.close();
  rmSync(directory, { recursive: true });
});

const envOf = async (more: Readonly<Record<string, string>>): Promise<Record<string, string>> => ({
  KAFKA_TLS: 'false',
  HOST: '127.0.0.1',
  PORT: String(await freePort()),
  METRICS_PORT: String(await freePort()),
  INGEST_WRITE_KEYS: 'shop=k1',
  CUSTOMERIO_REGION: 'eu',
  CUSTOMERIO_SITE_ID: 's',
  CUSTOMERIO_TRACK_API_KEY: 'k',
  ...more,
});

const stopsInTime = async (child: Child, mostMs: number = MOST_MS): Promise<void> => {
  const before = performance.now();
  expect(await child.stop()).toBe(0);
  expect(performance.now() - before).toBeLessThan(mostMs);
};

describe.each(ROLES)('the deployed %s', (role) => {
  const file = `app/roles/${role}.main.ts`;

  it(
    'holds where no broker answers its port, says so once, and ends in time',
    async () => {
      const child = await startFile(file, await envOf({ KAFKA_BROKERS: `127.0.0.1:${await freePort()}` }));
      await eventually(child.output, async () => child.output().includes('kafka.held'), 20_000);
      expect((await fetch(`${child.url}/healthz`)).status).toBe(200);
      expect((await fetch(`${child.url}/startupz`)).status).toBe(503);
      expect((await fetch(`${child.url}/readyz`)).status).toBe(503);
      await stopsInTime(child);
      const lines = child
        .output()
        .split('\n')
        .filter((line) => line.includes('"severity":"ERROR"'));
      expect(lines).toHaveLength(1);
    },
    LIMIT_MS,
  );

  it(
    'ends in time while it connects to a broker that says nothing',
    async () => {
      const child = await startFile(file, await envOf({ KAFKA_BROKERS: `127.0.0.1:${silentPort}` }));
      await stopsInTime(child, SOON_MS);
    },
    LIMIT_MS,
  );

  it(
    'holds while every secret is unset, and ends in time',
    async () => {
      const unset = join(directory, 'unset');
      const child = await startFile(
        file,
        await envOf({
          KAFKA_BROKERS: `127.0.0.1:${silentPort}`,
          KAFKA_SASL_MECHANISM: 'plain',
          KAFKA_SASL_USERNAME_FILE: unset,
          KAFKA_SASL_PASSWORD_FILE: unset,
          INGEST_WRITE_KEYS_FILE: unset,
          CUSTOMERIO_SITE_ID_FILE: unset,
          CUSTOMERIO_TRACK_API_KEY_FILE: unset,
        }),
      );
      expect((await fetch(`${child.url}/startupz`)).status).toBe(200);
      const readiness = await fetch(`${child.url}/readyz`);
      expect(readiness.status).toBe(503);
      expect(await readiness.text()).toContain('kafka_credential_unset');
      await stopsInTime(child);
    },
    LIMIT_MS,
  );

  it(
    'ends with one line and code 1 where a secret is not mounted, or its port is busy',
    async () => {
      const missing = { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME_FILE: join(directory, 'none') };
      const settings = await runFile(file, [], await envOf({ KAFKA_BROKERS: 'a:1', ...missing }));
      expect(settings.code).toBe(1);
      expect(settings.output.trim().split('\n')).toHaveLength(1);
      expect(settings.output).toContain('KAFKA_SASL_USERNAME names a file that cannot be read: ENOENT');
      const busy = await runFile(
        file,
        [],
        await envOf({
          KAFKA_BROKERS: `127.0.0.1:${silentPort}`,
          METRICS_PORT: String(silentPort),
          HOST: '127.0.0.1',
        }),
      );
      expect(busy.code).toBe(1);
      expect(busy.output.trim().split('\n')).toHaveLength(1);
      expect(busy.output).toContain(`port ${silentPort}`);
    },
    LIMIT_MS,
  );
});
