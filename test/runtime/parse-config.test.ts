import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { Scope } from '../../app/contract/roles.ts';
import { ConfigError, type Environment, parseConfig } from '../../app/runtime/config/parse-config.ts';

const directory = mkdtempSync(join(tmpdir(), 'config-'));
afterAll(() => rmSync(directory, { recursive: true }));

const file = (name: string, text: string): string => {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
};

const faultsOf = (scope: Scope, env: Environment): ConfigError => {
  try {
    parseConfig(scope, env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('no fault was found');
};

const ingest = { KAFKA_BROKERS: 'a:9092', INGEST_WRITE_KEYS: 'shop=k1' };

describe('parseConfig', () => {
  it('needs nothing locally', () => {
    expect(parseConfig('local', {})).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      kafkaBrokers: undefined,
      kafkaTls: false,
      kafkaTopics: 'create',
      kafkaSessionTimeoutMs: 6000,
      customerioRegion: 'us',
      ingestWriteKeys: [{ source: 'local', key: 'local' }],
      processed: 'batch',
      trackLanes: 6,
    });
  });

  it('has the defaults of a deployment for a role, and no setting of another role', () => {
    const config = parseConfig('ingest', ingest);
    expect(config).toMatchObject({
      host: '0.0.0.0',
      kafkaTls: true,
      kafkaTopics: 'verify',
      metricsPort: 9090,
    });
    expect(config).toMatchObject({ kafkaSessionTimeoutMs: 30_000, kafkaBrokers: ['a:9092'] });
    expect(Object.keys(config)).not.toContain('customerioSiteId');
  });

  it('takes an empty text for absent', () => {
    expect(parseConfig('local', { PORT: '' }).port).toBe(8080);
  });

  it('names every fault together: name, rule and where to set it', () => {
    const error = faultsOf('track-worker', { KAFKA_TLS: 'perhaps', TRACK_LANES: '0', PROCESSED: 'some' });
    const byName = new Map(error.faults.map((fault) => [fault.name, fault]));
    expect([...byName.keys()].toSorted()).toEqual([
      'CUSTOMERIO_REGION',
      'CUSTOMERIO_SITE_ID',
      'CUSTOMERIO_TRACK_API_KEY',
      'KAFKA_BROKERS',
      'KAFKA_TLS',
      'PROCESSED',
      'TRACK_LANES',
    ]);
    expect(byName.get('KAFKA_TLS')?.rule).toMatch(/^must be true or false/);
    expect(byName.get('KAFKA_BROKERS')).toMatchObject({
      rule: 'must be set',
      where: 'environment variable KAFKA_BROKERS',
    });
    expect(byName.get('CUSTOMERIO_SITE_ID')?.where).toBe(
      'secret track-site-id, mounted at the path in CUSTOMERIO_SITE_ID_FILE',
    );
    for (const { name, rule, where } of error.faults)
      expect(error.message).toContain(`${name} ${rule} (${where})`);
  });

  it('never repeats a value', () => {
    const secret = 'sesame-open';
    const names = [
      'PORT',
      'KAFKA_TLS',
      'LOG_LEVEL',
      'CUSTOMERIO_TRACK_URL',
      'INGEST_WRITE_KEYS',
      'TRACK_LANES',
    ];
    const error = faultsOf('local', Object.fromEntries(names.map((name) => [name, secret])));
    expect(error.faults.map((fault) => fault.name).toSorted()).toEqual(names.toSorted());
    expect(JSON.stringify(error.faults) + error.message).not.toContain(secret);
  });

  it('reads secrets from mounted files, which win over the variable', () => {
    const path = file('keys', 'shop=k1\napp.one=k2=x\n');
    const config = parseConfig('ingest', { ...ingest, INGEST_WRITE_KEYS_FILE: path });
    expect(config.ingestWriteKeys).toEqual([
      { source: 'shop', key: 'k1' },
      { source: 'app.one', key: 'k2=x' },
    ]);
  });

  it('tells a file that is missing or empty', () => {
    const missing = faultsOf('ingest', { ...ingest, INGEST_WRITE_KEYS_FILE: join(directory, 'none') });
    expect(missing.faults).toMatchObject([{ rule: 'names a file that cannot be read: ENOENT' }]);
    const empty = faultsOf('ingest', { ...ingest, INGEST_WRITE_KEYS_FILE: file('empty', '\n') });
    expect(empty.faults).toMatchObject([{ rule: 'must be set' }]);
  });

  it('wants a user name and a password for SASL', () => {
    const error = faultsOf('ingest', { ...ingest, KAFKA_SASL_MECHANISM: 'plain' });
    expect(error.faults.map((fault) => fault.name)).toEqual(['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD']);
  });

  it.each([
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '8080.5'],
    ['KAFKA_BROKERS', ' , '],
    ['CUSTOMERIO_TRACK_URL', 'ftp://x'],
    ['INGEST_WRITE_KEYS', 'shop=k1\nother=k1'],
    ['INGEST_WRITE_KEYS', 'shop'],
  ])('refuses %s=%j', (name, value) => {
    expect(faultsOf('local', { [name]: value }).faults.map((fault) => fault.name)).toEqual([name]);
  });

  it('cuts slashes from the end of an address', () => {
    expect(parseConfig('local', { CUSTOMERIO_TRACK_URL: 'http://h:1/api/v1/' }).customerioTrackUrl).toBe(
      'http://h:1/api/v1',
    );
  });
});
