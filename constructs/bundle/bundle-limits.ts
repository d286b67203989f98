import type { Role } from '../../app/contract/roles.ts';
import { BundleError } from './bundle-error.ts';

/**
 * Most bytes of a role's code, its source map not counted: every instance reads it from the bucket when it starts, and Node
 * parses all of it.
 */
export const BUNDLE_LIMITS = {
  ingest: 1_000_000,
  'track-worker': 1_000_000,
  // Pub/Sub's client, loaded at the first webhook's publish.
  webhooks: 3_500_000,
} as const satisfies Record<Role, number>;

/**
 * @param largest what the code is mostly made of, for the message
 * @param limit bytes, the role's own unless given
 * @throws BundleError when the code is not smaller than its role may be
 */
export const checkSize = (
  role: Role,
  code: string,
  largest: string = 'unknown',
  limit: number = BUNDLE_LIMITS[role],
): void => {
  const bytes = Buffer.byteLength(code);
  if (bytes < limit) return;
  throw new BundleError(
    `the bundle of ${role} has ${bytes} bytes and must have less than ${limit} (constructs/bundle/bundle-limits.ts); ` +
      `its largest parts: ${largest}`,
  );
};
