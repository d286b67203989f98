import type { SecretName } from '../contract/secrets.ts';
import type { SecretManager } from '../secret-manager/port.ts';

/** The id of a secret in Secret Manager, as the construct names it. @example secretIdOf('track-api-key', 'shop') // 'shop-customerio-track-api-key' */
export const secretIdOf = (name: SecretName, prefix: string | undefined): string =>
  `${prefix === undefined ? '' : `${prefix}-`}customerio-${name}`;

/** What was done to a secret. */
export interface SecretSet {
  /** The number of the version that was added. */
  readonly version: number;
  /** The numbers of the older versions that were disabled, ascending. */
  readonly disabled: readonly number[];
}

/** The new version is in place; older ones that should have been disabled are still enabled. */
export class OlderStillEnabled extends Error {
  override readonly name = 'OlderStillEnabled';
}

const disableBefore = async (
  manager: SecretManager,
  secretId: string,
  version: number,
): Promise<number[]> => {
  const versions = (await manager.versions(secretId)) ?? [];
  const older = versions.filter(({ enabled, number }) => enabled && number < version);
  const numbers = older.map(({ number }) => number).toSorted((a, b) => a - b);
  for (const number of numbers) await manager.disableVersion(secretId, number);
  return numbers;
};

/**
 * Gives a secret a value, which the running roles take up by themselves; then, where asked for, disables the older versions.
 *
 * @throws SecretManagerError when nothing was written
 * @throws OlderStillEnabled when the version is in place and disabling failed; says which version, and why
 */
export const setSecret = async (
  manager: SecretManager,
  secretId: string,
  value: string,
  disableOlder: boolean,
): Promise<SecretSet> => {
  const version = await manager.addVersion(secretId, value);
  if (!disableOlder) return { version, disabled: [] };
  try {
    return { version, disabled: await disableBefore(manager, secretId, version) };
  } catch (cause) {
    const why = Error.isError(cause) ? cause.message : String(cause);
    const message = `version ${version} of ${secretId} is in place, but older versions may still be enabled: ${why}`;
    throw new OlderStillEnabled(message, { cause });
  }
};
