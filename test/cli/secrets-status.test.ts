import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SECRETS } from '../../app/contract/secrets.ts';
import { FakeSecretManager } from '../support/fake-secret-manager.ts';
import { runSecrets } from './secrets-world.ts';

let fake: FakeSecretManager;
beforeEach(async () => {
  fake = await new FakeSecretManager().start();
  fake.deploy('acme', 'customerio-track-site-id');
  fake.deploy('acme', 'customerio-track-api-key', 's3cr3t', 's3cr3t', 's3cr3t');
  fake.deploy('acme', 'customerio-ingest-write-keys', 's3cr3t', 's3cr3t');
  fake.deploy('acme', 'customerio-kafka-username');
  disable('track-api-key', 3);
  disable('ingest-write-keys', 3);
  disable('kafka-username', 1);
});
afterEach(() => fake.close());

const disable = (name: string, version: number): void =>
  fake.put('acme', `customerio-${name}`, version, 'DISABLED');

const NAMES = ['track-site-id', 'track-api-key', 'ingest-write-keys', 'kafka-username', 'kafka-password'];

describe('secrets status', () => {
  it('tells of every secret whether it exists and has a value, as JSON', async () => {
    const { error, out } = await runSecrets(fake, ['status', '--project', 'acme', '--json']);
    expect(error).toBeUndefined();
    const { project, secrets } = JSON.parse(out) as { project: string; secrets: { name: string }[] };
    expect(project).toBe('acme');
    expect(secrets.map(({ name }) => name)).toEqual(Object.keys(SECRETS));
    const shown = secrets.filter(({ name }) => NAMES.includes(name));
    const entry = (name: string, status: string, version: number | null, exists = true): object => ({
      name,
      secret: `customerio-${name}`,
      exists,
      status,
      version,
      createdAt: version === null ? null : `2026-01-0${version}T00:00:00.123456Z`,
    });
    expect(shown).toEqual([
      entry('track-site-id', 'placeholder', 1),
      entry('track-api-key', 'set', 4),
      entry('ingest-write-keys', 'newest disabled', 2),
      entry('kafka-username', 'no version', null),
      entry('kafka-password', 'missing', null, false),
    ]);
  });

  it('prints a table, and what to do about each state that occurs', async () => {
    const { out } = await runSecrets(fake, ['status', '--project', 'acme']);
    const lines = out.split('\n');
    expect(lines[0]).toMatch(/^SECRET +STATUS +VERSION +CREATED$/);
    expect(lines).toContainEqual(
      expect.stringMatching(/^customerio-track-site-id +placeholder +1 +2026-01-01T00:00:00.123456Z$/),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^customerio-kafka-password +missing +- +-$/));
    for (const state of ['placeholder', 'missing', 'no version', 'newest disabled'])
      expect(lines.filter((line) => line.startsWith(`${state}: `))).toHaveLength(1);
    const columns = lines
      .filter((line) => /^(SECRET|customerio-)/.test(line))
      .map((line) => line.search(/ \S/));
    expect(columns).toHaveLength(Object.keys(SECRETS).length + 1);
  });

  it('reads nothing but what Terraform wrote, and changes nothing', async () => {
    const { out } = await runSecrets(fake, ['status', '--project', 'acme']);
    expect(out).not.toContain('s3cr3t');
    for (const { method } of fake.requests) expect(method).toBe('GET');
    const calls = fake.requests.map(({ path }) => path.replace(/.*\/secrets\//, ''));
    expect(calls.filter((call) => !call.endsWith('/versions'))).toEqual([
      'customerio-track-site-id/versions/1:access',
    ]);
    expect(calls).toHaveLength(Object.keys(SECRETS).length + 1);
  });

  it('counts a rolled-back value as missing, so that nobody believes the placeholder', async () => {
    for (const version of [2, 4]) disable('track-api-key', version);
    const { out } = await runSecrets(fake, ['status', '--project', 'acme', '--json']);
    const { secrets } = JSON.parse(out) as { secrets: { name: string; status: string }[] };
    expect(secrets.find(({ name }) => name === 'track-api-key')).toMatchObject({
      status: 'placeholder',
      version: 1,
    });
  });

  it('looks behind the prefix', async () => {
    fake.deploy('acme', 'shop-customerio-track-site-id', 's3cr3t');
    const { out } = await runSecrets(fake, ['status', '--project', 'acme', '--prefix', 'shop', '--json']);
    const { secrets } = JSON.parse(out) as { secrets: { name: string; secret: string; status: string }[] };
    expect(secrets.filter(({ status }) => status !== 'missing')).toMatchObject([
      { name: 'track-site-id', secret: 'shop-customerio-track-site-id', status: 'set' },
    ]);
  });

  it('fails with the role that is needed', async () => {
    fake.faults.push({ status: 403, path: /track-site-id/ });
    const { error, out } = await runSecrets(fake, ['status', '--project', 'acme']);
    expect(error?.message).toContain('ask for roles/secretmanager.viewer');
    expect(out).toBe('');
  });

  it('takes no arguments', async () => {
    const { error } = await runSecrets(fake, ['status', 'track-api-key', '--project', 'acme']);
    expect(error?.name).toBe('CommanderError');
  });
});
