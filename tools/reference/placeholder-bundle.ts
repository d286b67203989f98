import type { Role } from '../../app/contract/roles.ts';
import type { RoleBundle } from '../../constructs/bundle/bundle-role.ts';

const PLACEHOLDER_HASH = '0123456789abcdef';

/** A bundle whose name is always the same, so that what is synthesized does not change with the code. */
export const placeholderBundle = (role: Role): RoleBundle => {
  const entry = `${role}-${PLACEHOLDER_HASH}.mjs`;
  // Any file does, as long as it stays as it is: its SHA-256 stands in what is synthesized.
  const path = `${import.meta.dirname}/../../LICENSE`;
  const files = [entry, `${entry}.map`].map((name) => ({ name, path }));
  return { role, hash: PLACEHOLDER_HASH, entry, files };
};
