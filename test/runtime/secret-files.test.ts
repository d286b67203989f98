import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { ConfigFor } from '../../app/contract/env.ts';
import { parseConfig } from '../../app/runtime/config/parse-config.ts';
import { SecretFiles } from '../../app/runtime/config/secret-files.ts';
import { secretsIn } from '../../app/runtime/config/secret-setting.ts';
import { createMetrics, type Metrics } from '../../app/runtime/metrics.ts';
import { RecordingLogger } from '../support/recording-logger.ts';

const VALUE = 'sesame-open';

let directory: string;
let config: ConfigFor<'ingest'>;
let files: SecretFiles;
let logger: RecordingLogger;
let metrics: Metrics;
let now: number;

const put = (name: string, text: string): void => writeFileSync(join(directory, name), text);

const open = (everyMs = 300_000): void => {
  config = parseConfig('ingest', {
    KAFKA_BROKERS: 'a:9092',
    KAFKA_SASL_MECHANISM: 'plain',
    KAFKA_SASL_USERNAME_FILE: join(directory, 'user'),
    KAFKA_SASL_PASSWORD_FILE: join(directory, 'password'),
    INGEST_WRITE_KEYS_FILE: join(directory, 'keys'),
  });
  files = new SecretFiles(secretsIn(config), { logger, metrics, everyMs, now: () => now });
};

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'secrets-'));
  put('user', 'alice');
  put('password', 'p1');
  put('keys', 'shop=k1');
  logger = new RecordingLogger();
  metrics = createMetrics();
  now = 0;
});

afterEach(() => {
  files.stop();
  rmSync(directory, { recursive: true });
});

describe('SecretFiles', () => {
  it('counts unreadable reads of each secret from 0', async () => {
    open();
    expect(await metrics.text()).toContain('secret_unreadable_total{setting="INGEST_WRITE_KEYS"} 0');
  });

  it('takes a value over that changed on disk, and tells once of all that changed together', async () => {
    open();
    const heard: (readonly string[])[] = [];
    const forget = files.onChange((changed) => heard.push(changed.map(({ name }) => name)));
    put('user', 'bob');
    put('password', `${VALUE}\n`);
    await files.refresh();
    expect([config.kafkaSaslUsername.current, config.kafkaSaslPassword.current]).toEqual(['bob', VALUE]);
    expect(heard).toEqual([['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD']]);
    await files.refresh();
    forget();
    put('user', 'carol');
    await files.refresh();
    expect(heard).toHaveLength(1);
    expect(config.kafkaSaslUsername.current).toBe('carol');
    expect(logger.of('secret.changed').map(({ fields }) => fields['setting'])).toEqual([
      'KAFKA_SASL_USERNAME',
      'KAFKA_SASL_PASSWORD',
      'KAFKA_SASL_USERNAME',
    ]);
    expect(JSON.stringify(logger.lines)).not.toContain(VALUE);
  });

  it('follows the links that a mounted volume swaps', async () => {
    put('version-1', 'shop=k1');
    put('version-2', 'shop=k2');
    rmSync(join(directory, 'keys'));
    symlinkSync('version-1', join(directory, 'keys'));
    open();
    symlinkSync('version-2', join(directory, 'next'));
    renameSync(join(directory, 'next'), join(directory, 'keys'));
    await files.refresh();
    expect(config.ingestWriteKeys.current).toEqual([{ source: 'shop', key: 'k2' }]);
  });

  it.each([
    ['is torn', () => put('keys', `shop=k1\n${VALUE}`), 'must have one `source=key` a line'],
    ['is empty', () => put('keys', '\n'), 'must not be empty'],
    ['is gone', () => rmSync(join(directory, 'keys')), 'names a file that cannot be read: ENOENT'],
    ['gives one key to two', () => put('keys', `a=${VALUE}\nb=${VALUE}`), 'must not give one key to two'],
  ])('keeps the last good value while a file %s, and warns without the value', async (_how, spoil, rule) => {
    open();
    spoil();
    await files.refresh();
    expect(config.ingestWriteKeys).toMatchObject({ state: 'set', current: [{ source: 'shop', key: 'k1' }] });
    const [line, ...more] = logger.of('secret.unreadable');
    expect(more).toEqual([]);
    expect(line).toMatchObject({
      level: 'warn',
      fields: { setting: 'INGEST_WRITE_KEYS', secret: 'ingest-write-keys', keeps: 'the last good value' },
    });
    expect(line?.fields['rule']).toContain(rule);
    expect(JSON.stringify(logger.lines)).not.toContain(VALUE);
    const text = await metrics.text();
    expect(text).toContain('secrets_unreadable 1');
    expect(text).toContain('secret_unreadable_total{setting="INGEST_WRITE_KEYS"} 1');
    put('keys', 'shop=k3');
    await files.refresh();
    expect(config.ingestWriteKeys.current).toEqual([{ source: 'shop', key: 'k3' }]);
    expect(await metrics.text()).toContain('secrets_unreadable 0');
  });

  it('warns of short keys and placeholders by their sources, at start and when they change, and never by the key', async () => {
    const longKey = `${VALUE}-of-16-or-more`;
    put('keys', `shop=${VALUE}\napp=${longKey}\nkiosk=unset\ntill=unset`);
    open();
    files.start();
    const told = (): unknown =>
      logger.of('secret.weak').map(({ level, fields }) => [level, fields['source'], fields['rule']]);
    const short = 'the key must have at least 16 characters, lest it be guessed, got 11';
    const placeholder = 'the key is the placeholder `unset`, by which nobody may send';
    const first = [
      ['warn', 'shop', short],
      ['warn', 'kiosk', placeholder],
      ['warn', 'till', placeholder],
    ];
    expect(told()).toEqual(first);
    expect(config.ingestWriteKeys).toMatchObject({
      state: 'set',
      current: [
        { source: 'shop', key: VALUE },
        { source: 'app', key: longKey },
      ],
    });
    await files.refresh();
    expect(told()).toEqual(first);
    put('keys', `shop=${longKey}\napp=${VALUE}`);
    await files.refresh();
    expect(told()).toEqual([...first, ['warn', 'app', short]]);
    expect(config.ingestWriteKeys.current).toHaveLength(2);
    expect(JSON.stringify(logger.lines)).not.toContain(VALUE);
  });

  it('waits for a value where every key is the placeholder', async () => {
    put('keys', 'shop=unset\napp=unset');
    open();
    expect(config.ingestWriteKeys).toMatchObject({ state: 'unset', current: undefined });
    put('keys', `shop=${VALUE}`);
    await files.refresh();
    expect(config.ingestWriteKeys).toMatchObject({ state: 'set', current: [{ source: 'shop' }] });
  });

  it('tells the shape of a broken text', async () => {
    open();
    put('keys', VALUE);
    await files.refresh();
    expect(logger.of('secret.unreadable')[0]?.fields['rule']).toMatch(/, got 11 characters$/);
  });

  it('repeats a warning no more often than files are read by time, however often they are read on demand', async () => {
    open();
    put('keys', VALUE);
    for (let read = 0; read < 5; read += 1) await files.refresh();
    expect(logger.of('secret.unreadable')).toHaveLength(1);
    now += 300_000;
    await files.refresh();
    expect(logger.of('secret.unreadable')).toHaveLength(2);
    put('keys', '');
    await files.refresh();
    expect(logger.of('secret.unreadable')).toHaveLength(3);
  });

  it('takes the placeholder for no value, and the first value over', async () => {
    put('keys', 'unset');
    open();
    files.start();
    expect(logger.of('secret.unset')).toMatchObject([
      { level: 'warn', fields: { setting: 'INGEST_WRITE_KEYS', secret: 'ingest-write-keys' } },
    ]);
    expect(logger.of('secret.unset')[0]?.fields['rule']).toMatch(
      /^the newest version is the placeholder; .*`cio-platform secrets status`/,
    );
    expect(await metrics.text()).toContain('secrets_unset 1');
    put('keys', 'shop=k1');
    await files.refresh();
    expect(config.ingestWriteKeys.state).toBe('set');
    expect(logger.of('secret.unset')).toHaveLength(1);
  });

  it('stays unset while the first value has a syntax fault', async () => {
    put('keys', 'unset');
    open();
    put('keys', VALUE);
    await files.refresh();
    expect(config.ingestWriteKeys.state).toBe('unset');
    expect(logger.of('secret.unreadable')).toMatchObject([{ fields: { keeps: 'waiting for a value' } }]);
  });

  it('reads by itself from time to time, until it is stopped', async () => {
    open(10);
    files.start();
    put('user', 'bob');
    for (let tries = 0; config.kafkaSaslUsername.current !== 'bob' && tries < 200; tries += 1) await wait(5);
    expect(config.kafkaSaslUsername.current).toBe('bob');
    files.stop();
    await files.refresh();
    put('user', 'carol');
    await wait(40);
    expect(config.kafkaSaslUsername.current).toBe('bob');
  });

  it('reads once more when it is asked during a read, whose file may be of before the change', async () => {
    const reads: ((text: string) => void)[] = [];
    open();
    const [user] = secretsIn(config);
    files = new SecretFiles(user ? [user] : [], {
      logger,
      metrics: createMetrics(),
      read: () => new Promise((resolve) => reads.push(resolve)),
    });
    const first = files.refresh();
    await wait(0);
    const second = files.refresh();
    expect(files.refresh()).toBe(second);
    await wait(0);
    expect(reads).toHaveLength(1);
    reads[0]?.('of-before');
    await first;
    await wait(0);
    reads[1]?.('bob');
    await second;
    expect([config.kafkaSaslUsername.current, reads.length]).toEqual(['bob', 2]);
  });

  it('reads every five minutes, and every half minute while a secret is unset', async () => {
    put('keys', 'unset');
    config = parseConfig('ingest', {
      KAFKA_BROKERS: 'a:9092',
      INGEST_WRITE_KEYS_FILE: join(directory, 'keys'),
    });
    jest.useFakeTimers();
    try {
      let reads = 0;
      const read = async (): Promise<string> => {
        reads += 1;
        return reads < 3 ? 'unset' : 'shop=k1';
      };
      files = new SecretFiles(secretsIn(config), { logger, metrics, read });
      files.start();
      await jest.advanceTimersByTimeAsync(60_000);
      expect([reads, config.ingestWriteKeys.state]).toEqual([2, 'unset']);
      await jest.advanceTimersByTimeAsync(30_000);
      expect([reads, config.ingestWriteKeys.state]).toEqual([3, 'set']);
      await jest.advanceTimersByTimeAsync(299_999);
      expect(reads).toBe(3);
      await jest.advanceTimersByTimeAsync(1);
      expect(reads).toBe(4);
      files.stop();
      await jest.advanceTimersByTimeAsync(3_600_000);
      expect(reads).toBe(4);
    } finally {
      jest.useRealTimers();
    }
  });

  it('shows no value where a configuration is printed', () => {
    put('password', VALUE);
    open();
    expect(JSON.stringify(config)).not.toContain(VALUE);
  });
});
