import type { ComputeSecurityPolicyRule } from '@cdktf/provider-google/lib/compute-security-policy/index.js';
import type { RateLimitProps } from '../props/ingest-props.ts';

/** Cloud Armor takes at most ten ranges a rule. */
const RANGES_PER_RULE = 10;
const FIRST_PRIORITY = 1000;
const REFUSE_PRIORITY = 2_000_000_000;
const REST_PRIORITY = 2_000_000_001;
const DEFAULT_PRIORITY = 2_147_483_647;

/** Which addresses may send, and how much each of them. */
export interface AddressLimits {
  readonly allowedAddresses?: readonly string[] | undefined;
  /** Whether other addresses are refused, or only logged as what would be refused. */
  readonly enforce: boolean;
  readonly rateLimit?: RateLimitProps | undefined;
}

const matching = (srcIpRanges: readonly string[]) => ({
  versionedExpr: 'SRC_IPS_V1',
  config: { srcIpRanges: [...srcIpRanges] },
});
const EVERY_ADDRESS = matching(['*']);

/** Lets pass, with a rate limit up to it. The first rule that matches decides, so what passes here meets no later rule. */
const passing = (rateLimit: RateLimitProps | undefined) =>
  rateLimit === undefined
    ? { action: 'allow' }
    : {
        action: 'throttle',
        rateLimitOptions: {
          conformAction: 'allow',
          exceedAction: 'deny(429)',
          enforceOnKey: 'IP',
          rateLimitThreshold: { count: rateLimit.requests, intervalSec: rateLimit.intervalSeconds },
        },
      };

/**
 * The rules of Cloud Armor: the listed addresses pass, the others are refused, or only logged while that is a preview. Only the rules
 * that let pass have the rate limit: an address that is refused cannot get in by it.
 *
 * @param what that which is sent, such as `events`
 */
export const addressRules = (
  what: string,
  { allowedAddresses = [], enforce, rateLimit }: AddressLimits,
): ComputeSecurityPolicyRule[] => {
  const count = Math.ceil(allowedAddresses.length / RANGES_PER_RULE);
  const allow = Array.from({ length: count }, (_none, index) => ({
    ...passing(rateLimit),
    priority: FIRST_PRIORITY + index,
    description: `Addresses that may send ${what}`,
    match: matching(allowedAddresses.slice(index * RANGES_PER_RULE, (index + 1) * RANGES_PER_RULE)),
  }));
  const refuse = {
    action: 'deny(403)',
    priority: REFUSE_PRIORITY,
    preview: !enforce,
    description: 'Every other address',
    match: EVERY_ADDRESS,
  };
  const rest = {
    ...passing(rateLimit),
    priority: REST_PRIORITY,
    description: 'Every address that was not refused',
    match: EVERY_ADDRESS,
  };
  const fallback = {
    action: 'allow',
    priority: DEFAULT_PRIORITY,
    description: 'The default',
    match: EVERY_ADDRESS,
  };
  const isListed = allow.length > 0;
  const isRestLimited = rateLimit !== undefined && !(isListed && enforce);
  return [...allow, ...(isListed ? [refuse] : []), ...(isRestLimited ? [rest] : []), fallback];
};
