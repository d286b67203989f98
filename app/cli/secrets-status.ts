import { SECRETS, type SecretName } from '../contract/secrets.ts';
import type { SecretManager, SecretVersion } from '../secret-manager/port.ts';
import { secretIdOf } from './set-secret.ts';

/** The version that the infrastructure writes: the placeholder. Told by its number, so that no value need be read. */
const PLACEHOLDER_VERSION = 1;

/**
 * What state a secret is in: there is none (no role reads it, or it is not deployed yet); it has no enabled version; only
 * the placeholder is enabled; its newest version, which the roles read, is not enabled; or it has a value.
 */
export type SecretState = 'missing' | 'no version' | 'placeholder' | 'newest disabled' | 'set';

/** One secret, without its value. */
export interface SecretStatus {
  readonly name: SecretName;
  readonly secret: string;
  readonly exists: boolean;
  readonly status: SecretState;
  /** The newest enabled version. */
  readonly version: number | null;
  /** When that version was made: RFC 3339, UTC. */
  readonly createdAt: string | null;
}

const newestOf = (versions: readonly SecretVersion[]): SecretVersion | undefined =>
  versions.toSorted((a, b) => b.number - a.number)[0];

const stateOf = (versions: readonly SecretVersion[] | undefined): SecretState => {
  if (versions === undefined) return 'missing';
  const enabled = newestOf(versions.filter((version) => version.enabled));
  if (enabled === undefined) return 'no version';
  if (enabled.number === PLACEHOLDER_VERSION) return 'placeholder';
  return newestOf(versions) === enabled ? 'set' : 'newest disabled';
};

/**
 * The state of every secret that the platform can have, in the order of the contract.
 *
 * @throws SecretManagerError
 */
export const secretsStatus = (
  manager: SecretManager,
  prefix: string | undefined,
): Promise<readonly SecretStatus[]> =>
  Promise.all(
    (Object.keys(SECRETS) as SecretName[]).map(async (name) => {
      const secret = secretIdOf(name, prefix);
      const versions = await manager.versions(secret);
      const newest = newestOf(versions?.filter(({ enabled }) => enabled) ?? []);
      return {
        name,
        secret,
        exists: versions !== undefined,
        status: stateOf(versions),
        version: newest?.number ?? null,
        createdAt: newest?.createdAt ?? null,
      };
    }),
  );
