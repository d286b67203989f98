import { SECRETS, type SecretName } from '../contract/secrets.ts';
import { type SecretManager, SecretManagerError, type SecretVersion } from '../secret-manager/port.ts';
import { heldBy } from './secret-value.ts';
import { secretIdOf } from './set-secret.ts';

/** The version that is taken for the placeholder where its value may not be read: Terraform writes it first. */
const FIRST_VERSION = 1;

/**
 * What state a secret is in: there is none (no role reads it, or it is not deployed yet); it has no enabled version; only
 * the placeholder is enabled; the placeholder is newer than the value; its newest version is disabled or destroyed; or the newest
 * version, which is the one that roles read, holds a value.
 */
export type SecretState =
  | 'missing'
  | 'no version'
  | 'placeholder'
  | 'placeholder newest'
  | 'newest disabled'
  | 'set';

/** One secret, without its value. */
export interface SecretStatus {
  readonly name: SecretName;
  readonly secret: string;
  readonly exists: boolean;
  readonly status: SecretState;
  /** The newest enabled version that holds a value; without one the newest enabled one. */
  readonly version: number | null;
  /** When that version was made: RFC 3339, UTC. */
  readonly createdAt: string | null;
  /** Present where a version that may be the placeholder could not be read: the status then goes by its number. */
  readonly uncertain?: true;
}

/** What the enabled versions of a secret hold. */
interface Found {
  /** The newest one that holds a value. */
  readonly value: SecretVersion | undefined;
  readonly uncertain: boolean;
}

const newestOf = (versions: readonly SecretVersion[]): SecretVersion | undefined =>
  versions.toSorted((a, b) => b.number - a.number)[0];

/** The enabled versions, the newest one first. */
export const enabledOf = (versions: readonly SecretVersion[]): readonly SecretVersion[] =>
  versions.filter(({ enabled }) => enabled).toSorted((a, b) => b.number - a.number);

/** Only versions without a checksum are read: they may be of Terraform, and so the placeholder. */
const findValue = async (
  manager: SecretManager,
  name: SecretName,
  secret: string,
  enabled: readonly SecretVersion[],
): Promise<Found> => {
  let uncertain = false;
  for (const version of enabled) {
    if (version.withChecksum) return { value: version, uncertain };
    try {
      const held = heldBy(name, await manager.valueOf(secret, version.number));
      if (held.kind !== 'placeholder') return { value: version, uncertain };
    } catch (error) {
      if (!(error instanceof SecretManagerError)) throw error;
      // Who may set values need not be one who may read them.
      uncertain = true;
      if (version.number !== FIRST_VERSION) return { value: version, uncertain };
    }
  }
  return { value: undefined, uncertain };
};

const stateOf = (versions: readonly SecretVersion[] | undefined, value: Found['value']): SecretState => {
  if (versions === undefined) return 'missing';
  const newest = newestOf(versions);
  if (value === undefined) return versions.some(({ enabled }) => enabled) ? 'placeholder' : 'no version';
  if (newest === value) return 'set';
  return newest?.enabled ? 'placeholder newest' : 'newest disabled';
};

const statusOf = async (
  manager: SecretManager,
  name: SecretName,
  prefix: string | undefined,
): Promise<SecretStatus> => {
  const secret = secretIdOf(name, prefix);
  const versions = await manager.versions(secret);
  const enabled = enabledOf(versions ?? []);
  const { value, uncertain } = await findValue(manager, name, secret, enabled);
  const shown = value ?? enabled[0];
  return {
    name,
    secret,
    exists: versions !== undefined,
    status: stateOf(versions, value),
    version: shown?.number ?? null,
    createdAt: shown?.createdAt ?? null,
    ...(uncertain && { uncertain }),
  };
};

/**
 * The state of every secret that the platform can have, in the order of the contract. What `secrets set` or gcloud added is known for
 * a value by its checksum and not read; a version without one is read and compared with the placeholder, where that is allowed.
 *
 * @throws SecretManagerError
 */
export const secretsStatus = (
  manager: SecretManager,
  prefix: string | undefined,
): Promise<readonly SecretStatus[]> =>
  Promise.all((Object.keys(SECRETS) as SecretName[]).map((name) => statusOf(manager, name, prefix)));

/** Whether every secret that is deployed certainly has a value, so that Terraform need not keep placeholders. */
export const allHaveValues = (secrets: readonly SecretStatus[]): boolean => {
  const deployed = secrets.filter(({ exists }) => exists);
  return deployed.length > 0 && deployed.every(({ status, uncertain }) => status === 'set' && !uncertain);
};
