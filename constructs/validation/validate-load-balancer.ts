import type { LoadBalancerProps, RateLimitProps } from '../props/ingest-props.ts';
import { RANGE } from './addresses.ts';
import { type Faults, isToken } from './faults.ts';
import { boolean, DOMAIN, oneOf, wholeNumber } from './rules.ts';

/** A target proxy takes at most 15 certificates, and each domain has its own. */
const MOST_DOMAINS = 15;
/** What Cloud Armor takes. */
const MOST_REQUESTS = 1_000_000;
const INTERVALS_S = [10, 30, 60, 120, 180, 240, 300, 600, 900, 1200, 1800, 2700, 3600];

const validateDomains = (at: string, domains: unknown, faults: Faults): void => {
  faults.known(at, domains);
  for (const [index, domain] of Array.isArray(domains) && !isToken(domains) ? domains.entries() : [])
    faults.known(`${at}[${index}]`, domain);
  faults.each(at, domains ?? [], DOMAIN);
  if (Array.isArray(domains) && domains.length > MOST_DOMAINS)
    faults.add(at, `must be at most ${MOST_DOMAINS}`, domains);
};

const validateRateLimit = (
  at: string,
  { requests, intervalSeconds }: RateLimitProps,
  faults: Faults,
): void => {
  faults.required(`${at}.requests`, requests, wholeNumber(1, MOST_REQUESTS));
  faults.required(`${at}.intervalSeconds`, intervalSeconds, oneOf(...INTERVALS_S));
};

/**
 * A load balancer: its domains, and who gets through it.
 *
 * @param at the balancer’s path in the props, such as `ingest.loadBalancer`
 */
export const validateLoadBalancer = (at: string, props: LoadBalancerProps, faults: Faults): void => {
  const { domains, allowedAddresses, enforce, rateLimit } = props;
  validateDomains(`${at}.domains`, domains, faults);
  if (allowedAddresses !== undefined) faults.each(`${at}.allowedAddresses`, allowedAddresses, RANGE);
  faults.known(`${at}.enforce`, enforce);
  faults.check(`${at}.enforce`, enforce, boolean);
  if (enforce === true && allowedAddresses === undefined)
    faults.add(`${at}.enforce`, `needs ${at}.allowedAddresses`, enforce);
  if (rateLimit !== undefined) validateRateLimit(`${at}.rateLimit`, rateLimit, faults);
};
