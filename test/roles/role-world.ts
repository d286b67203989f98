import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOPICS } from '../../app/contract/topics.ts';
import { InMemoryBus } from '../../app/kafka/in-memory-bus.ts';
import type { RoleOptions } from '../../app/roles/deployed-role.ts';
import { startIngest } from '../../app/roles/start-ingest.ts';
import { startTrackWorker } from '../../app/roles/start-track-worker.ts';
import { parseConfig } from '../../app/runtime/config/parse-config.ts';
import type { Running } from '../../app/runtime/run-until-signal.ts';
import { RecordingLogger } from '../support/recording-logger.ts';

type Settings = Readonly<Record<string, string>>;

/** Status and body of an answer. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly retryAfter: string | null;
}

/** Deployed roles in this process, on an in-memory bus and with secret files of their own. */
export class RoleWorld {
  readonly bus = new InMemoryBus();
  readonly logger = new RecordingLogger();
  readonly #directory = mkdtempSync(join(tmpdir(), 'role-'));
  readonly #running: Running[] = [];
  /** How often secrets are read by time, in milliseconds. */
  rereadMs = 20;
  /** How often Kafka is tried again, in milliseconds. */
  retryMs = 10;

  /** Writes a secret file. Gives its path. */
  put(name: string, text: string): string {
    const path = join(this.#directory, name);
    writeFileSync(path, text);
    return path;
  }

  makeTopics(): Promise<void> {
    return this.bus.ensureTopics(Object.values(TOPICS), 'create', 1);
  }

  async ingest(settings: Settings = {}): Promise<string> {
    const config = parseConfig('ingest', {
      KAFKA_BROKERS: 'none:9092',
      HOST: '127.0.0.1',
      PORT: '0',
      METRICS_PORT: '0',
      INGEST_WRITE_KEYS_FILE: this.put('write-keys', 'shop=k1'),
      ...settings,
    });
    return this.#keep(await startIngest(config, this.#options()));
  }

  async worker(settings: Settings = {}): Promise<string> {
    const config = parseConfig('track-worker', {
      KAFKA_BROKERS: 'none:9092',
      METRICS_PORT: '0',
      CUSTOMERIO_REGION: 'eu',
      CUSTOMERIO_SITE_ID_FILE: this.put('site-id', 'local'),
      CUSTOMERIO_TRACK_API_KEY_FILE: this.put('api-key', 'local'),
      ...settings,
    });
    return this.#keep(await startTrackWorker(config, this.#options()));
  }

  /** Stops what runs. */
  async stop(): Promise<void> {
    await Promise.all(this.#running.splice(0).map((running) => running.stop()));
  }

  /** Stops what runs, and cleans up. */
  async end(): Promise<void> {
    await this.stop();
    rmSync(this.#directory, { recursive: true });
  }

  #options(): RoleOptions {
    return { bus: this.bus, logger: this.logger, rereadMs: this.rereadMs, retryMs: this.retryMs };
  }

  #keep(running: Running): string {
    this.#running.push(running);
    return running.url;
  }
}

const answerOf = async (response: Response): Promise<Answer> => ({
  status: response.status,
  body: (await response.json()) as Answer['body'],
  retryAfter: response.headers.get('retry-after'),
});

export const get = async (url: string): Promise<Answer> => answerOf(await fetch(url));

/** Sends one event by a write key. */
export const sendEvent = async (url: string, writeKey: string): Promise<Answer> =>
  answerOf(
    await fetch(`${url}/v1/track`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${writeKey}:`)}`, 'content-type': 'application/json' },
      body: JSON.stringify({ userId: 'u1', event: 'Bought' }),
    }),
  );
