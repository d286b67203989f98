import type { WorkloadProps } from './workload-props.ts';

/** How much one address may send. Google counts in each of its regions apart. */
export interface RateLimitProps {
  /**
   * Requests of one address in an interval, 1 to 1,000,000. Those above get 429 until the interval is over.
   * @example { ingest: { loadBalancer: { domains: ['events.acme.example'], rateLimit: { requests: 6000, intervalSeconds: 60 } } } }
   */
  readonly requests: number;

  /**
   * Seconds of an interval: 10, 30, 60, 120, 180, 240, 300, 600, 900, 1200, 1800, 2700 or 3600.
   * @example { ingest: { loadBalancer: { domains: ['events.acme.example'], rateLimit: { requests: 1000, intervalSeconds: 10 } } } }
   */
  readonly intervalSeconds: number;
}

/** A load balancer in front of the ingest, with Cloud Armor. The service itself is then reached through it alone. */
export interface LoadBalancerProps {
  /**
   * Domains, at most 15, each with a certificate that Google manages; they must point at the balancer’s address.
   * @example { ingest: { loadBalancer: { domains: ['events.acme.example'] } } }
   */
  readonly domains: readonly string[];

  /**
   * Addresses that may send, in CIDR notation. Others get 403.
   * @default every address
   * @example { ingest: { loadBalancer: { domains: ['events.acme.example'], allowedAddresses: ['203.0.113.0/24'] } } }
   */
  readonly allowedAddresses?: readonly string[];

  /**
   * Whether other addresses than `allowedAddresses` are refused. With `false` they are let in and only logged as what would be refused.
   * @default true
   * @example { ingest: { loadBalancer: { domains: ['events.acme.example'], allowedAddresses: ['203.0.113.0/24'], enforce: false } } }
   */
  readonly enforce?: boolean;

  /**
   * How much one address may send. Servers behind one NAT share its address.
   * @default no limit
   * @example { ingest: { loadBalancer: { domains: ['events.acme.example'], rateLimit: { requests: 6000, intervalSeconds: 60 } } } }
   */
  readonly rateLimit?: RateLimitProps;
}

/** The ingest: a Cloud Run service. */
export interface IngestProps extends WorkloadProps {
  /**
   * Who may send. `write-key`: whoever has a write key, from anywhere. `iam`: `invokers` only, from inside Google Cloud; the source of an
   * event is then the caller’s e-mail address.
   * @default 'write-key'
   * @example { ingest: { access: 'iam', invokers: ['serviceAccount:shop@acme.iam.gserviceaccount.com'] } }
   */
  readonly access?: 'write-key' | 'iam';

  /**
   * Who may call with `access: 'iam'`: members such as `serviceAccount:…` or `group:…`.
   * @default none
   * @example { ingest: { access: 'iam', invokers: ['group:shops@acme.example'] } }
   */
  readonly invokers?: readonly string[];

  /**
   * How Cloud Run’s own check is opened with `access: 'write-key'`: by a grant to everybody, or by turning the check off, for organizations
   * that forbid such grants.
   * @default 'allUsers'
   * @example { ingest: { publicAccess: 'invokerIamDisabled' } }
   */
  readonly publicAccess?: 'allUsers' | 'invokerIamDisabled';

  /**
   * How events are read. `destination`: as the destinations of Segment, Customer.io and RudderStack read them (ids, dates, objects, page
   * names, track calls that are commands). `as-sent`: every field travels as it came. docs/compatibility.md compares them.
   * @default 'destination'
   * @example { ingest: { mapping: 'as-sent' } }
   */
  readonly mapping?: 'destination' | 'as-sent';

  /**
   * A load balancer with Cloud Armor in front, which takes TLS 1.2 and later.
   * @default none
   * @example { ingest: { loadBalancer: { domains: ['events.acme.example'] } } }
   */
  readonly loadBalancer?: LoadBalancerProps;

  /**
   * Fewest instances, 0 to 1,000. With 0 the first event after a quiet time waits for a start.
   * @default 0 in dev, 1 in staging, 2 in prod
   * @example { ingest: { minInstances: 1 } }
   */
  readonly minInstances?: number;

  /**
   * Most instances, 1 to 1,000.
   * @default 2 in dev, 5 in staging, 20 in prod
   * @example { ingest: { maxInstances: 40 } }
   */
  readonly maxInstances?: number;

  /**
   * Requests that one instance takes at once, 1 to 1,000.
   * @default 80
   * @example { ingest: { concurrency: 200 } }
   */
  readonly concurrency?: number;

  /**
   * Seconds until a request is given up, 10 to 300: more than the 8 that it may wait for Kafka.
   * @default 30
   * @example { ingest: { timeoutSeconds: 60 } }
   */
  readonly timeoutSeconds?: number;
}
