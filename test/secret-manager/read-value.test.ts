import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { crc32c } from '../../app/secret-manager/crc32c.ts';
import { GoogleSecretManager } from '../../app/secret-manager/google-secret-manager.ts';
import { FakeSecretManager, TOKEN } from '../support/fake-secret-manager.ts';

const ID = 'customerio-track-api-key';

let fake: FakeSecretManager;
let manager: GoogleSecretManager;
beforeEach(async () => {
  fake = await new FakeSecretManager().start();
  fake.deploy('acme', ID);
  manager = new GoogleSecretManager({
    project: 'acme',
    endpoint: fake.endpoint,
    credentials: async () => new Headers({ authorization: `Bearer ${TOKEN}` }),
    wait: async () => undefined,
  });
});
afterEach(() => fake.close());

describe('GoogleSecretManager', () => {
  it('sends a checksum with each value, by which its versions are told from those of Terraform', async () => {
    await manager.addVersion(ID, 's3cr3t');
    const versions = (await manager.versions(ID)) ?? [];
    expect(versions.map(({ number, withChecksum }) => [number, withChecksum])).toEqual([
      [2, true],
      [1, false],
    ]);
  });

  it('reads the value of a version, byte by byte', async () => {
    const value = 's3cr3t-väl=ue\n\n';
    await manager.addVersion(ID, value);
    expect(Buffer.from(await manager.valueOf(ID, 2)).toString('utf8')).toBe(value);
    expect(Buffer.from(await manager.valueOf(ID, 1)).toString('utf8')).toBe('unset');
  });

  it('refuses a value that was damaged on its way, without repeating it', async () => {
    await manager.addVersion(ID, 's3cr3t');
    fake.damages = true;
    const reading = manager.valueOf(ID, 2);
    await expect(reading).rejects.toMatchObject({ name: 'SecretManagerError', code: 'refused' });
    await expect(reading).rejects.not.toMatchObject({ message: expect.stringMatching(/s3cr3t|czNjcjN0/) });
  });

  it.each(['DISABLED', 'DESTROYED'] as const)(
    'says that a version that is %s cannot be read',
    async (state) => {
      fake.put('acme', ID, 1, state);
      await expect(manager.valueOf(ID, 1)).rejects.toMatchObject({ code: 'refused' });
    },
  );

  it('names the role that reading needs', async () => {
    fake.faults.push({ status: 403 });
    await expect(manager.valueOf(ID, 1)).rejects.toMatchObject({
      code: 'not_allowed',
      message: expect.stringContaining('ask for roles/secretmanager.secretAccessor'),
    });
  });
});

describe('crc32c', () => {
  // Source: RFC 3720, appendix B.4.
  it.each([
    ['32 bytes of zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 bytes of ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['32 ascending bytes', Uint8Array.from({ length: 32 }, (_none, index) => index), 0x46dd794e],
    ['digits', Buffer.from('123456789'), 0xe3069283],
    ['nothing', new Uint8Array(0), 0],
  ])('is that of the standard for %s', (_what, bytes, sum) => {
    expect(crc32c(bytes)).toBe(sum);
  });
});
