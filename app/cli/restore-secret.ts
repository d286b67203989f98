import type { SecretName } from '../contract/secrets.ts';
import type { SecretManager } from '../secret-manager/port.ts';
import { heldBy } from './secret-value.ts';
import { enabledOf } from './secrets-status.ts';

/** What was done to a secret. */
export interface SecretRestored {
  /** The newest version, which holds the value. */
  readonly version: number;
  /** The version whose value it has; undefined where nothing was written, since the newest version holds a value. */
  readonly from: number | undefined;
}

/** No version holds a value that could be made the newest; nothing was written. */
export class NothingToRestore extends Error {
  override readonly name = 'NothingToRestore';
}

/**
 * Makes the newest enabled value of a secret its newest version again, where the placeholder or a disabled version follows it. The
 * value is added as it is and never shown.
 *
 * @throws SecretManagerError
 * @throws NothingToRestore
 * @example await restoreSecret(manager, 'track-api-key', 'customerio-track-api-key') // { version: 4, from: 2 }
 */
export const restoreSecret = async (
  manager: SecretManager,
  name: SecretName,
  secretId: string,
): Promise<SecretRestored> => {
  const fail = (why: string): never => {
    throw new NothingToRestore(`nothing was written: ${why}`);
  };
  const versions = await manager.versions(secretId);
  if (versions === undefined)
    return fail(`there is no secret ${secretId}: deploy first, or check the project and the prefix`);
  const newest = Math.max(0, ...versions.map(({ number }) => number));
  for (const { number } of enabledOf(versions)) {
    const held = heldBy(name, await manager.valueOf(secretId, number));
    if (held.kind === 'placeholder') continue;
    if (held.kind === 'faulty')
      return fail(`version ${number} of ${secretId} ${held.rule}, so no role takes it; use secrets set`);
    if (number === newest) return { version: number, from: undefined };
    return { version: await manager.addVersion(secretId, held.text), from: number };
  }
  return fail(`no enabled version of ${secretId} holds a value; enable one that does, or use secrets set`);
};
