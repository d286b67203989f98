import type { SecretName } from '../../app/contract/secrets.ts';

const FILE = 'value';

/** The folder that a secret is mounted at: one secret a folder, so that each is read by itself. */
export const secretFolder = (name: SecretName): string => `/secrets/${name}`;

/** The file a role reads a secret from. */
export const secretFile = (name: SecretName): string => `${secretFolder(name)}/${FILE}`;

/** The volume of a secret: always its newest version, read anew whenever the role reads the file. */
export const secretVolume = (name: SecretName, secretId: string) => ({
  name,
  secret: { secret: secretId, items: [{ version: 'latest', path: FILE }] },
});
