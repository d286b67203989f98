import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeSecretManager } from '../support/fake-secret-manager.ts';
import { type Ended, runSecrets } from './secrets-world.ts';

const VALUE = 's3cr3t-value';
const KEYS = 'customerio-ingest-write-keys';
const API_KEY = 'customerio-track-api-key';
const PLACE = ['--project', 'acme'];

let fake: FakeSecretManager;
beforeEach(async () => {
  fake = await new FakeSecretManager().start();
  fake.deploy('acme', KEYS);
  fake.deploy('acme', API_KEY);
});
afterEach(() => fake.close());

/** Runs `secrets set`; whatever happens, nothing of the value may be said. */
const set = async (name: string, value: string | Uint8Array, ...more: string[]): Promise<Ended> => {
  const ended = await runSecrets(fake, ['set', name, ...PLACE, ...more], value);
  expect(`${ended.out}${ended.err}${ended.error?.message}${ended.error?.stack}`).not.toContain('s3cr3t');
  return ended;
};

const expectUntouched = (): void => {
  for (const id of [KEYS, API_KEY]) expect(fake.values('acme', id)).toEqual(['unset']);
};

describe('secrets set', () => {
  it('adds a version and says when it takes effect', async () => {
    const { error, out, questions } = await set('track-api-key', VALUE);
    expect(error).toBeUndefined();
    expect(out).toBe(
      `${API_KEY} in project acme: version 2 is in place.\n` +
        'Running roles take it up within five minutes, without a deployment.\n' +
        'Older versions stay enabled; --disable-older disables them.',
    );
    expect(fake.values('acme', API_KEY)).toEqual(['unset', VALUE]);
    expect(fake.states('acme', API_KEY)).toEqual(['ENABLED', 'ENABLED']);
    expect(questions).toEqual([['Value of track-api-key, not shown: ', false]]);
  });

  it('needs no right to list or to disable unless asked to', async () => {
    await set('track-api-key', VALUE);
    expect(fake.requests).toMatchObject([
      { method: 'POST', path: `/v1/projects/acme/secrets/${API_KEY}:addVersion` },
    ]);
  });

  it('disables the older versions that are enabled, and only after the new one is in place', async () => {
    fake.deploy('acme', API_KEY, 's3cr3t-2', 's3cr3t-3', 's3cr3t-4');
    const versions = fake.secrets.get(`acme/${API_KEY}`) ?? [];
    Object.assign(versions[1] as object, { state: 'DESTROYED' });
    Object.assign(versions[2] as object, { state: 'DISABLED' });
    const { error, out } = await set('track-api-key', VALUE, '--disable-older');
    expect(error).toBeUndefined();
    expect(out).toContain('version 5 is in place.');
    expect(out).toContain('Disabled: versions 1, 4.');
    expect(fake.states('acme', API_KEY)).toEqual([
      'DISABLED',
      'DESTROYED',
      'DISABLED',
      'DISABLED',
      'ENABLED',
    ]);
    expect(fake.requests.map(({ path }) => path.replace(/.*\/secrets\/[^/:]+/, ''))).toEqual([
      ':addVersion',
      '/versions',
      '/versions/1:disable',
      '/versions/4:disable',
    ]);
  });

  it('leaves a version alone that somebody added meanwhile', async () => {
    fake.faults.push({ status: 503, path: /versions$/ });
    const running = set('track-api-key', VALUE, '--disable-older');
    while (fake.values('acme', API_KEY).length < 2) await new Promise(setImmediate);
    await runSecrets(fake, ['set', 'track-api-key', ...PLACE], 'theirs');
    await running;
    expect(fake.states('acme', API_KEY)).toEqual(['DISABLED', 'ENABLED', 'ENABLED']);
  });

  it('says that the new version is in place when the older ones cannot be disabled', async () => {
    fake.faults.push({ status: 403, path: /:disable$/ });
    const { error, out } = await set('track-api-key', VALUE, '--disable-older');
    expect(error?.name).toBe('OlderStillEnabled');
    expect(error?.message).toMatch(
      /^version 2 of customerio-track-api-key is in place, but older .*secretVersionManager/,
    );
    expect(out).toBe('');
    expect(fake.values('acme', API_KEY)).toEqual(['unset', VALUE]);
  });

  it('prints one object as JSON', async () => {
    const { out } = await set('track-api-key', VALUE, '--json', '--disable-older');
    expect(JSON.parse(out)).toEqual({
      name: 'track-api-key',
      secret: API_KEY,
      project: 'acme',
      version: 2,
      disabled: [1],
    });
  });

  it('puts the prefix in front of the secret’s name', async () => {
    fake.deploy('acme', `shop-${API_KEY}`);
    const { error } = await set('track-api-key', VALUE, '--prefix', 'shop');
    expect(error).toBeUndefined();
    expect(fake.values('acme', `shop-${API_KEY}`)).toEqual(['unset', VALUE]);
    expectUntouched();
  });

  it.each([
    ['one line', 's3cr3t-1', 's3cr3t-1'],
    ['one line break at the end', 's3cr3t-1\n', 's3cr3t-1'],
    ['one of Windows', 's3cr3t-1\r\n', 's3cr3t-1'],
    ['a byte order mark', '\ufeffs3cr3t-1\n', 's3cr3t-1'],
    ['other alphabets and signs', 's3cr3t ü=:\\$"', 's3cr3t ü=:\\$"'],
  ])('takes a value of %s', async (_what, given, kept) => {
    expect((await set('kafka-password', given)).error?.message).toMatch(
      /no secret customerio-kafka-password/,
    );
    fake.deploy('acme', 'customerio-kafka-password');
    expect((await set('kafka-password', given)).error).toBeUndefined();
    expect(fake.values('acme', 'customerio-kafka-password')).toEqual(['unset', kept]);
  });

  it('takes several write keys, one a line, and asks for lines', async () => {
    const lines = 'shop=s3cr3t-123456789\napp=s3cr3t-23456789ü';
    const { error, questions } = await set('ingest-write-keys', `${lines}\n`);
    expect(error).toBeUndefined();
    expect(questions).toMatchObject([[expect.stringContaining('one a line'), true]]);
    expect(fake.values('acme', KEYS)).toEqual(['unset', lines]);
  });

  it.each([
    ['track-api-key', '', 'must not be empty'],
    ['track-api-key', '\n', 'must not be empty'],
    ['track-api-key', ' \n\n', 'must not be empty'],
    ['track-api-key', 'unset', 'must not be `unset`, the placeholder for a missing value'],
    ['ingest-write-keys', 'unset\n', 'must not be `unset`, the placeholder for a missing value'],
    ['track-api-key', ' s3cr3t', 'must have no white space around it, got 7 characters'],
    ['track-api-key', 's3cr3t\n\n', 'must have no white space around it, got 7 characters in 2 lines'],
    ['track-api-key', Uint8Array.of(0x73, 0xff), 'must be UTF-8 text, got 2 bytes'],
    ['track-api-key', 'x'.repeat(65_537), 'must have at most 65536 bytes'],
    ['track-api-key', 'ü'.repeat(32_769), 'must have at most 65536 bytes'],
    ['ingest-write-keys', 's3cr3t', /must have one `source=key` a line; .*, got 6 characters$/],
    [
      'ingest-write-keys',
      'a=s3cr3t\nb',
      /must have one `source=key` a line; .*, got 10 characters in 2 lines$/,
    ],
    ['ingest-write-keys', 'a=s3cr3t:x', /must have one `source=key` a line/],
    ['ingest-write-keys', 'a=s3cr3t\nb=s3cr3t', /must not give one key to two sources/],
    [
      'ingest-write-keys',
      'a=s3cr3t-123456789\n\nb=s3cr3t-1234567ü9\nc=s3cr3t-12345678\n',
      'has a key, number 3, that must have at least 16 characters, lest it be guessed, got 15',
    ],
    [
      'ingest-write-keys',
      's3cr3t-the-wrong-way-round=shop',
      'has a key, number 1, that must have at least 16 characters, lest it be guessed, got 4',
    ],
    [
      'ingest-write-keys',
      'a=s3cr3t-123456789\nb=unset',
      'has a key, number 2, that is the placeholder `unset`, by which nobody may send',
    ],
    [
      'ingest-write-keys',
      'a=unset',
      'has a key, number 1, that is the placeholder `unset`, by which nobody may send',
    ],
  ])('refuses for %s the value %j before anything is sent', async (name, value, rule) => {
    const { error, out } = await set(name, value);
    expect(error?.name).toBe('SecretValueError');
    const [, said] = /^nothing was written: the value of [a-z-]+ (.*)$/.exec(error?.message ?? '') ?? [];
    if (typeof rule === 'string') expect(said).toBe(rule);
    else expect(said).toMatch(rule);
    expect(out).toBe('');
    expect(fake.requests).toEqual([]);
  });

  it('takes the largest value that Secret Manager does', async () => {
    const value = 'x'.repeat(65_536);
    expect((await set('track-api-key', value)).error).toBeUndefined();
    expect(fake.values('acme', API_KEY)).toEqual(['unset', value]);
  });

  it('says what to do when it is not allowed, or nothing is deployed', async () => {
    fake.faults.push({ status: 403 });
    const forbidden = await set('track-api-key', VALUE);
    expect(forbidden.error?.message).toContain('ask for roles/secretmanager.secretVersionAdder');
    const missing = await set('track-site-id', VALUE);
    expect(missing.error?.message).toContain(
      'there is no secret customerio-track-site-id in project acme: deploy',
    );
    expectUntouched();
  });
});

describe('secrets set on a wrong command line', () => {
  it.each([
    ['a value after the name', ['track-api-key', 's3cr3t', ...PLACE]],
    ['a value after --', ['track-api-key', ...PLACE, '--', 's3cr3t']],
    ['a value as an option', ['track-api-key', '--value=s3cr3t', ...PLACE]],
    ['a value behind an option', ['track-api-key', '--value', 's3cr3t', ...PLACE]],
    ['a value as a short option', ['track-api-key', '-s3cr3t', ...PLACE]],
    ['name and value in one', ['track-api-key=s3cr3t', ...PLACE]],
    ['a value instead of the name', ['s3cr3t', ...PLACE]],
    ['a value instead of the project', ['track-api-key', '--project=s3cr3t VALUE']],
    ['a value instead of the prefix', ['track-api-key', ...PLACE, '--prefix', 's3cr3t VALUE']],
    ['no name', PLACE],
    ['no project', ['track-api-key']],
    ['a project without a name', ['track-api-key', '--project']],
  ])('with %s is a usage fault that repeats nothing', async (_what, args) => {
    const ended = await runSecrets(fake, ['set', ...args], VALUE);
    expect(ended.error?.name).toBe('CommanderError');
    expect(ended.error?.exitCode).toBe(1);
    expect(ended.questions).toEqual([]);
    expect(fake.requests).toEqual([]);
    expect(ended.err).toMatch(/^error: /);
    expect(`${ended.out}${ended.err}${ended.error?.message}`).not.toContain('s3cr3t');
  });
});
