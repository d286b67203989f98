import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SECRETS, type SecretName } from '../../app/contract/secrets.ts';
import { FakeSecretManager } from '../support/fake-secret-manager.ts';
import { type Ended, runSecrets } from './secrets-world.ts';

const ID = 'customerio-track-api-key';
const PLACE = ['--project', 'acme'];

let fake: FakeSecretManager;
beforeEach(async () => {
  fake = await new FakeSecretManager().start();
});
afterEach(() => fake.close());

/** Whatever is said, nothing of a value is. */
const run = async (...args: string[]): Promise<Ended> => {
  const ended = await runSecrets(fake, args);
  expect(`${ended.out}${ended.err}${ended.error?.message}${ended.error?.stack}`).not.toMatch(
    /s3cr3t|czNjcjN0/,
  );
  return ended;
};

/** Version 1 is destroyed, version 2 holds the value, and the next apply has made the placeholder again, as version 3. */
const makeAgain = (id = ID, value = 's3cr3t'): void => {
  fake.deploy('acme', id, value);
  fake.put('acme', id, 1, 'DESTROYED');
  fake.addByTerraform('acme', id, 'unset');
};

interface Told {
  readonly allHaveValues: boolean;
  readonly secrets: readonly { readonly name: string; readonly status: string; readonly version: number }[];
}

const told = async (name: SecretName = 'track-api-key'): Promise<object> => {
  const { out } = await run('status', ...PLACE, '--json');
  const { allHaveValues, secrets } = JSON.parse(out) as Told;
  const found = secrets.find((secret) => secret.name === name);
  return { allHaveValues, status: found?.status, version: found?.version };
};

describe('secrets status', () => {
  it('says that the placeholder is newer than the value, which version holds it, and how to mend it', async () => {
    makeAgain();
    expect(await told()).toEqual({ allHaveValues: false, status: 'placeholder newest', version: 2 });
    const { out } = await run('status', ...PLACE);
    expect(out).toMatch(/^customerio-track-api-key +placeholder newest +2 +2026-01-02T/m);
    expect(out).toContain('until secrets.placeholders is false');
    expect(out).toContain(
      `Version 2 of ${ID} holds a value; \`cio-platform secrets restore track-api-key --project acme\` makes it the newest.`,
    );
    expect(out).not.toContain('All secrets have a value');
  });

  it('names the prefix in the command that mends', async () => {
    makeAgain('shop-customerio-track-api-key');
    const { out } = await run('status', ...PLACE, '--prefix', 'shop');
    expect(out).toContain('`cio-platform secrets restore track-api-key --project acme --prefix shop`');
  });

  it('knows the placeholder of write keys that are all unset', async () => {
    fake.deploy('acme', 'customerio-ingest-write-keys', 'shop=s3cr3t-long-enough');
    fake.addByTerraform('acme', 'customerio-ingest-write-keys', 'shop=unset');
    expect(await told('ingest-write-keys')).toMatchObject({ status: 'placeholder newest', version: 2 });
  });

  it.each(['DISABLED', 'DESTROYED'] as const)(
    'says that a newest version is %s, and which one holds a value',
    async (state) => {
      makeAgain();
      fake.put('acme', ID, 3, state);
      expect(await told()).toMatchObject({ status: 'newest disabled', version: 2 });
      expect((await run('status', ...PLACE)).out).toContain(`Version 2 of ${ID} holds a value`);
    },
  );

  it('takes a first version for a value where there never was a placeholder', async () => {
    fake.addByTerraform('acme', ID, 's3cr3t');
    expect(await told()).toEqual({ allHaveValues: true, status: 'set', version: 1 });
  });

  it('says when Terraform needs no placeholders any more: once every secret has a value', async () => {
    for (const name of Object.keys(SECRETS)) fake.deploy('acme', `customerio-${name}`, 's3cr3t');
    fake.deploy('acme', 'customerio-track-site-id');
    expect(await told()).toMatchObject({ allHaveValues: false });
    fake.deploy('acme', 'customerio-track-site-id', 's3cr3t');
    expect(await told()).toMatchObject({ allHaveValues: true });
    const { out } = await run('status', ...PLACE);
    expect(out.split('\n').at(-1)).toBe(
      'All secrets have a value: set secrets.placeholders: false now, and deploy.',
    );
  });

  it('has no such advice where nothing is deployed', async () => {
    expect(await told()).toMatchObject({ allHaveValues: false, status: 'missing' });
  });

  it('goes by the number, and says so, where it may not read what Terraform may have written', async () => {
    makeAgain();
    fake.faults.push({ status: 403, path: /:access$/ });
    const { out } = await run('status', ...PLACE);
    expect(out).toMatch(/^customerio-track-api-key +set +3 /m);
    expect(out).toMatch(/^track-api-key: told by the number alone.*roles\/secretmanager\.secretAccessor$/m);
    expect(out).not.toContain('All secrets have a value');
    fake.deploy('acme', ID);
    fake.faults.push({ status: 403, path: /:access$/ });
    expect(await told()).toMatchObject({ status: 'placeholder', version: 1 });
  });
});

describe('secrets restore', () => {
  it('adds the value again as the newest version, exactly, without showing it', async () => {
    const keys = 'customerio-ingest-write-keys';
    const value = 'shop=s3cr3t\n\napp=s3cr3t-ü \n';
    makeAgain(keys, value);
    const { error, out } = await run('restore', 'ingest-write-keys', ...PLACE);
    expect(error).toBeUndefined();
    expect(out).toBe(
      `${keys} in project acme: version 4 is in place, with the value of version 2.\n` +
        'Running roles take it up within five minutes, without a deployment.',
    );
    expect(fake.values('acme', keys)).toEqual(['', value, 'unset', value]);
    expect(await told('ingest-write-keys')).toMatchObject({ status: 'set', version: 4, allHaveValues: true });
  });

  it('mends a newest version that is disabled, and prints JSON', async () => {
    makeAgain();
    fake.put('acme', ID, 3, 'DISABLED');
    const { out } = await run('restore', 'track-api-key', ...PLACE, '--json');
    expect(JSON.parse(out)).toEqual({
      name: 'track-api-key',
      secret: ID,
      project: 'acme',
      version: 4,
      from: 2,
    });
    expect(await told()).toMatchObject({ status: 'set', version: 4 });
  });

  it('writes nothing where the newest version holds a value', async () => {
    fake.deploy('acme', ID, 's3cr3t');
    const { out } = await run('restore', 'track-api-key', ...PLACE);
    expect(out).toBe(`${ID} in project acme: version 2, the newest, holds a value: nothing was written.`);
    expect(fake.values('acme', ID)).toEqual(['unset', 's3cr3t']);
  });

  it.each([
    ['no version is more than the placeholder', () => fake.deploy('acme', ID), 'no enabled version of'],
    [
      'the value is disabled',
      () => {
        makeAgain();
        fake.put('acme', ID, 2, 'DISABLED');
      },
      'enable one that does, or use secrets set',
    ],
    ['there is no such secret', () => undefined, 'deploy first, or check the project and the prefix'],
  ])('writes nothing and says what to do where %s', async (_what, given, said) => {
    given();
    const { error, out } = await run('restore', 'track-api-key', ...PLACE);
    expect([error?.name, out]).toEqual(['NothingToRestore', '']);
    expect(error?.message).toContain(said);
    expect(fake.requests.every(({ method }) => method === 'GET')).toBe(true);
  });

  it('stops at a text that no role takes, instead of going back to an older value', async () => {
    const keys = 'customerio-ingest-write-keys';
    fake.deploy('acme', keys, 'shop=s3cr3t', 'torn-s3cr3t');
    fake.addByTerraform('acme', keys, 'unset');
    const { error } = await run('restore', 'ingest-write-keys', ...PLACE);
    expect(error?.message).toMatch(
      /^nothing was written: version 3 of .* so no role takes it; use secrets set$/,
    );
    expect(fake.values('acme', keys)).toHaveLength(4);
  });

  it('names the role that reads, and takes a name alone, which it never repeats', async () => {
    makeAgain();
    fake.faults.push({ status: 403, path: /:access$/ });
    const { error } = await run('restore', 'track-api-key', ...PLACE);
    expect(error?.message).toContain('ask for roles/secretmanager.secretAccessor');
    for (const args of [['track-api-key', 's3cr3t'], ['s3cr3t'], ['track-api-key', '--s3cr3t']]) {
      const refused = await run('restore', ...args, ...PLACE);
      expect(refused.error?.name).toBe('CommanderError');
    }
    expect(fake.values('acme', ID)).toHaveLength(3);
  });
});
