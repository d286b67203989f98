import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
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

const CLOUD_RUN = { K_SERVICE: 'ingest', K_REVISION: 'ingest-1', K_CONFIGURATION: 'ingest' };
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
      ingestWriteKeys: { state: 'set', current: [{ source: 'local', key: 'local' }] },
      kafkaSaslUsername: { state: 'absent', current: undefined },
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
    expect(config.ingestWriteKeys.current).toEqual([
      { source: 'shop', key: 'k1' },
      { source: 'app.one', key: 'k2=x' },
    ]);
  });

  it('tells a file that is missing or empty', () => {
    const missing = faultsOf('ingest', { ...ingest, INGEST_WRITE_KEYS_FILE: join(directory, 'none') });
    expect(missing.faults).toMatchObject([{ rule: 'names a file that cannot be read: ENOENT' }]);
    const empty = faultsOf('ingest', { ...ingest, INGEST_WRITE_KEYS_FILE: file('empty', '\n') });
    expect(empty.faults).toMatchObject([{ name: 'INGEST_WRITE_KEYS', rule: 'must not be empty' }]);
  });

  it.each([
    { KAFKA_SASL_MECHANISM: 'plain' },
    { KAFKA_SASL_MECHANISM: 'scram-sha-256' },
    { KAFKA_SASL_MECHANISM: 'scram-sha-512' },
    { KAFKA_SASL_MECHANISM: 'oauthbearer', KAFKA_OAUTH_TOKEN_URL: 'https://id.example/token' },
  ])('wants a user name and a password for %j', (settings) => {
    const error = faultsOf('ingest', { ...ingest, ...settings });
    expect(error.faults.map((fault) => fault.name)).toEqual(['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD']);
    const given = { KAFKA_SASL_USERNAME: 'u', KAFKA_SASL_PASSWORD: 'p' };
    expect(parseConfig('ingest', { ...ingest, ...settings, ...given })).toMatchObject({
      kafkaSaslPassword: { state: 'set', current: 'p' },
    });
  });

  it.each(['none', 'oauthbearer'])('wants no user name for the mechanism %s', (mechanism) => {
    expect(parseConfig('ingest', { ...ingest, KAFKA_SASL_MECHANISM: mechanism })).toMatchObject({
      kafkaSaslUsername: { state: 'absent' },
    });
  });

  it('wants write keys unless Cloud Run decides who may send', () => {
    const { INGEST_WRITE_KEYS: _keys, ...without } = ingest;
    expect(faultsOf('ingest', without).faults).toMatchObject([
      { name: 'INGEST_WRITE_KEYS', rule: 'must be set when INGEST_ACCESS is write-key' },
    ]);
    const iam = parseConfig('ingest', { ...without, ...CLOUD_RUN, INGEST_ACCESS: 'iam' });
    expect(iam.ingestWriteKeys).toMatchObject({ state: 'absent', current: undefined });
  });

  it.each(['ingest', 'local'] as const)(
    'refuses access by ID tokens for the scope %s where nothing verifies them',
    (scope) => {
      const iam = { ...ingest, INGEST_ACCESS: 'iam' };
      for (const name of Object.keys(CLOUD_RUN)) {
        const { faults, message } = faultsOf(scope, { ...iam, ...CLOUD_RUN, [name]: '' });
        expect(faults).toMatchObject([
          { name: 'INGEST_ACCESS', where: 'environment variable INGEST_ACCESS' },
        ]);
        expect(message).toContain(
          `must not be iam outside Cloud Run, which sets ${name}: nobody would verify`,
        );
        expect(message).toContain('Use write-key, or say in INGEST_TOKEN_VERIFIED_BY who verifies them');
        expect(message).not.toContain('\n');
      }
      expect(parseConfig(scope, { ...iam, ...CLOUD_RUN }).ingestTokenVerifiedBy).toBeUndefined();
      const byEnvoy = { ...iam, INGEST_TOKEN_VERIFIED_BY: 'Envoy at the edge' };
      expect(parseConfig(scope, byEnvoy)).toMatchObject({ ingestTokenVerifiedBy: 'Envoy at the edge' });
      expect(faultsOf(scope, { ...byEnvoy, INGEST_TOKEN_VERIFIED_BY: ' ' }).faults).toMatchObject([
        { name: 'INGEST_TOKEN_VERIFIED_BY', rule: 'must say who verifies ID tokens, got white space' },
      ]);
    },
  );

  it('takes the address of a token endpoint as it is, and pairs by their names', () => {
    const ca = rootCertificates.slice(0, 2).join('\n');
    const config = parseConfig('kafka', {
      KAFKA_BROKERS: 'a:9092',
      KAFKA_OAUTH_TOKEN_URL: 'https://id.example/token/',
      KAFKA_OAUTH_EXTENSIONS: 'logicalCluster=lkc=1, pool=p 2',
      KAFKA_CA: ca,
    });
    expect(config).toMatchObject({
      kafkaOauthTokenUrl: 'https://id.example/token/',
      kafkaOauthExtensions: { logicalCluster: 'lkc=1', pool: 'p 2' },
      kafkaCa: ca,
    });
  });

  it('takes the placeholder for a value that is yet to come, in deployed roles', () => {
    const config = parseConfig('ingest', {
      ...ingest,
      KAFKA_SASL_MECHANISM: 'plain',
      KAFKA_SASL_USERNAME_FILE: file('user', 'unset'),
      KAFKA_SASL_PASSWORD_FILE: file('password', 'unset\n'),
      INGEST_WRITE_KEYS_FILE: file('no-keys', 'unset'),
    });
    for (const secret of [config.kafkaSaslUsername, config.kafkaSaslPassword, config.ingestWriteKeys])
      expect([secret.state, secret.current]).toEqual(['unset', undefined]);
  });

  it.each(['local', 'kafka'] as const)('refuses the placeholder in the scope %s', (scope) => {
    const { faults } = faultsOf(scope, { KAFKA_BROKERS: 'a:9092', KAFKA_SASL_PASSWORD: 'unset' });
    expect(faults).toMatchObject([
      { name: 'KAFKA_SASL_PASSWORD', rule: 'must be set, got the placeholder `unset`' },
    ]);
  });

  it.each([
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '8080.5'],
    ['KAFKA_BROKERS', ' , '],
    ['LOCAL_HOSTS', ','],
    ['LOCAL_HOSTS', 'dev.example:8080'],
    ['LOCAL_HOSTS', 'http://dev.example'],
    ['LOCAL_HOSTS', '*.dev.example'],
    ['LOCAL_HOSTS', 'dev.example other.example'],
    ['CUSTOMERIO_TRACK_URL', 'ftp://x'],
    ['CUSTOMERIO_TRACK_URL', 'https://ann:sesame@track.example/api/v1'],
    ['CUSTOMERIO_TRACK_URL', 'https://ann@track.example/api/v1'],
    ['CUSTOMERIO_TRACK_URL', 'https://:sesame@track.example/api/v1'],
    ['CUSTOMERIO_APP_URL', 'http://ann:sesame@127.0.0.1:1/v1'],
    ['KAFKA_OAUTH_TOKEN_URL', 'https://user:password@id.example/token'],
    ['KAFKA_OAUTH_TOKEN_URL', 'token'],
    ['KAFKA_OAUTH_EXTENSIONS', 'logicalCluster=lkc-1,pool'],
    ['KAFKA_OAUTH_EXTENSIONS', 'auth=x'],
    ['KAFKA_CA', 'no certificate'],
    ['KAFKA_CA', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
    ['INGEST_WRITE_KEYS', 'shop=k1\nother=k1'],
    ['INGEST_WRITE_KEYS', `shop=${'k'.repeat(1_025)}`],
    ['INGEST_WRITE_KEYS', 'shop'],
    ['INGEST_WRITE_KEYS', 'shop=unset'],
  ])('refuses %s=%j', (name, value) => {
    const { faults, message } = faultsOf('local', { [name]: value });
    expect(faults.map((fault) => fault.name)).toEqual([name]);
    expect(message).not.toContain('sesame');
  });

  it('takes names of hosts as a browser sends them', () => {
    const config = parseConfig('fake-customerio', { LOCAL_HOSTS: 'Dev.Example., box' });
    expect(config.localHosts).toEqual(['dev.example', 'box']);
    expect(parseConfig('local', {}).localHosts).toBeUndefined();
  });

  it('cuts slashes from the end of an address', () => {
    expect(parseConfig('local', { CUSTOMERIO_TRACK_URL: 'http://h:1/api/v1/' }).customerioTrackUrl).toBe(
      'http://h:1/api/v1',
    );
  });
});
