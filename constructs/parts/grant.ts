import type { TerraformResource } from 'cdktf';

/** Roles that are granted on the project, because no narrower resource takes them, and why. There are no others. */
export const PROJECT_ROLES = {
  'roles/managedkafka.client':
    'connects to the managed Kafka: granted on the project, which is the narrowest there is, under a condition on the cluster; what it may read and write there is said by the cluster’s access lists',
} as const satisfies Readonly<Record<string, string>>;

/**
 * The life cycle of what a workload needs: what it needs no more is removed after the workload has changed, not before, so that
 * instances of the old revision can still start meanwhile.
 */
export const AFTER_ITS_USERS = { createBeforeDestroy: true } as const;

/**
 * Notes why a grant is made, in the synthesized JSON beside it, which Terraform leaves alone and the documentation is made from.
 *
 * @example because(new StorageBucketIamMember(…), 'reads its code')
 */
export const because = <T extends TerraformResource>(grant: T, reason: string): T => {
  grant.addOverride('//.reason', reason);
  return grant;
};
