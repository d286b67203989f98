import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GoogleSecretManager } from '../../app/secret-manager/google-secret-manager.ts';
import { SecretManagerError } from '../../app/secret-manager/port.ts';
import { FakeSecretManager, TOKEN } from '../support/fake-secret-manager.ts';

const VALUE = 's3cr3t-väl=ue\nwith two lines';
const ID = 'customerio-track-api-key';

let fake: FakeSecretManager;
let waits: number[];
let manager: GoogleSecretManager;
beforeEach(async () => {
  fake = await new FakeSecretManager().start();
  fake.deploy('acme', ID);
  waits = [];
  manager = new GoogleSecretManager({
    project: 'acme',
    endpoint: fake.endpoint,
    credentials: async () => new Headers({ authorization: `Bearer ${TOKEN}` }),
    wait: async (ms) => {
      waits.push(ms);
    },
  });
});
afterEach(() => fake.close());

const faultOf = async (run: Promise<unknown>): Promise<SecretManagerError> => {
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(SecretManagerError);
  expect(String((error as Error).message)).not.toMatch(/s3cr3t|czNjcjN0/);
  return error as SecretManagerError;
};

describe('GoogleSecretManager', () => {
  it('adds a version with the exact value', async () => {
    expect(await manager.addVersion(ID, VALUE)).toBe(2);
    expect(fake.values('acme', ID)).toEqual(['unset', VALUE]);
  });

  it('lists versions with their states, over all pages', async () => {
    fake.deploy('acme', ID, 'a', 'b', 'c', 'd');
    fake.largestPage = 2;
    await manager.disableVersion(ID, 3);
    const versions = await manager.versions(ID);
    expect(versions?.map(({ number, enabled }) => [number, enabled])).toEqual([
      [5, true],
      [4, true],
      [3, false],
      [2, true],
      [1, true],
    ]);
    expect(versions?.[4]?.createdAt).toBe('2026-01-01T00:00:00.123456Z');
    expect(fake.requests.filter(({ method }) => method === 'GET')).toHaveLength(3);
  });

  it('tells a secret without versions from none', async () => {
    fake.secrets.set(`acme/${ID}`, []);
    expect(await manager.versions(ID)).toEqual([]);
    expect(await manager.versions('customerio-other')).toBeUndefined();
  });

  it.each([429, 500, 502, 503, 504])('asks again after %i, a little later each time', async (status) => {
    fake.faults.push({ status }, { status }, { status });
    expect(await manager.addVersion(ID, VALUE)).toBe(2);
    expect(waits).toEqual([500, 1000, 2000]);
  });

  it('asks again when the connection breaks', async () => {
    fake.faults.push({ status: 0, reset: true });
    expect(await manager.addVersion(ID, VALUE)).toBe(2);
    expect(waits).toEqual([500]);
  });

  it('gives up after four attempts', async () => {
    fake.faults.push(...Array.from({ length: 5 }, () => ({ status: 503 })));
    const error = await faultOf(manager.addVersion(ID, VALUE));
    expect(error.code).toBe('unavailable');
    expect(error.message).toMatch(/answers 503.*try again/);
    expect(fake.requests).toHaveLength(4);
    expect(fake.values('acme', ID)).toEqual(['unset']);
  });

  it('says that nothing can be reached', async () => {
    await fake.close();
    const error = await faultOf(manager.versions(ID));
    expect([error.code, error.message]).toEqual([
      'unavailable',
      'Secret Manager cannot be reached: check the network',
    ]);
    expect(waits).toHaveLength(3);
  });

  it.each([
    ['addVersion', 'roles/secretmanager.secretVersionAdder'],
    ['versions', 'roles/secretmanager.viewer'],
    ['disableVersion', 'roles/secretmanager.secretVersionManager'],
  ] as const)('names the role that %s needs', async (call, role) => {
    fake.faults.push({ status: 403 });
    const error = await faultOf(
      call === 'addVersion'
        ? manager.addVersion(ID, VALUE)
        : call === 'versions'
          ? manager.versions(ID)
          : manager.disableVersion(ID, 1),
    );
    expect(error.code).toBe('not_allowed');
    expect(error.message).toContain(`secret ${ID} in project acme: ask for ${role}`);
    expect(waits).toEqual([]);
  });

  it('says what to do about an API that is off, a missing secret, bad credentials, and the rest', async () => {
    fake.faults.push({ status: 403, reason: 'SERVICE_DISABLED' });
    const off = await faultOf(manager.addVersion(ID, VALUE));
    expect(off.code).toBe('api_disabled');
    expect(off.message).toContain('gcloud services enable secretmanager.googleapis.com --project acme');
    const missing = await faultOf(manager.addVersion('shop-customerio-track-api-key', VALUE));
    expect(missing.code).toBe('not_found');
    expect(missing.message).toMatch(/no secret shop-customerio-track-api-key in project acme: deploy first/);
    fake.faults.push({ status: 401 });
    const unknown = await faultOf(manager.addVersion(ID, VALUE));
    expect(unknown.code).toBe('no_credentials');
    expect(unknown.message).toContain('gcloud auth application-default login');
    fake.faults.push({ status: 400, reason: 'TOO_MANY' });
    const other = await faultOf(manager.addVersion(ID, VALUE));
    expect(other.code).toBe('refused');
    expect(other.message).toMatch(/refuses to add a version to secret .*: 400 FAULT TOO_MANY$/);
    expect(fake.values('acme', ID)).toEqual(['unset']);
  });
});

describe('the application default credentials', () => {
  const NAMES = [
    'GOOGLE_APPLICATION_CREDENTIALS',
    'HOME',
    'CLOUDSDK_CONFIG',
    'METADATA_SERVER_DETECTION',
  ] as const;
  const before = NAMES.map((name) => [name, process.env[name]] as const);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'credentials-'));
    Object.assign(process.env, { HOME: folder, CLOUDSDK_CONFIG: folder, METADATA_SERVER_DETECTION: 'none' });
    delete process.env['GOOGLE_APPLICATION_CREDENTIALS'];
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  const open = (): GoogleSecretManager =>
    new GoogleSecretManager({ project: 'acme', endpoint: fake.endpoint, wait: async () => undefined });

  it('are taken by the library, with the project to bill', async () => {
    const file = join(folder, 'adc.json');
    writeFileSync(join(folder, 'subject'), 'subject-token');
    const credentials = {
      type: 'external_account',
      audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: `${fake.origin}/token`,
      credential_source: { file: join(folder, 'subject') },
      quota_project_id: 'billed',
    };
    writeFileSync(file, JSON.stringify(credentials));
    process.env['GOOGLE_APPLICATION_CREDENTIALS'] = file;
    expect(await open().addVersion(ID, VALUE)).toBe(2);
    expect(fake.requests).toMatchObject([{ user: 'billed' }]);
  });

  it('say what to do where there are none', async () => {
    const error = await faultOf(open().addVersion(ID, VALUE));
    expect(error.code).toBe('no_credentials');
    expect(error.message).toContain('run `gcloud auth application-default login`');
    expect(error.cause).toBeUndefined();
    expect(fake.requests).toEqual([]);
  });
});
