const balancer = (part: 'ingest' | 'webhooks', more: object): object => ({
  [part]: { loadBalancer: { domains: ['a.example'], ...more } },
});
const limit = (rateLimit: object): object => balancer('ingest', { rateLimit });

const interval = (intervalSeconds: unknown): readonly [string, object, string] => [
  `an interval of ${String(intervalSeconds)}`,
  limit({ requests: 10, intervalSeconds }),
  'ingest.loadBalancer.rateLimit.intervalSeconds must be one of 10, 30, 60, 120, 180, 240, 300, 600, 900, 1200, 1800, 2700, 3600',
];
const requests = (count: unknown): readonly [string, object, string] => [
  `${String(count)} requests`,
  limit({ requests: count, intervalSeconds: 60 }),
  'ingest.loadBalancer.rateLimit.requests must be a whole number from 1 to 1000000',
];

/** Fragments with bad load balancers, and what is said of each. */
export const BAD_BALANCERS: readonly (readonly [string, object, string])[] = [
  [
    'a rate limit for webhooks',
    balancer('webhooks', { rateLimit: { requests: 10, intervalSeconds: 60 } }),
    'webhooks.loadBalancer.rateLimit is for the ingest alone: Customer.io sends a refused webhook again an hour later',
  ],
  ...[0, 1.5, 1_000_001, '10', true].map(requests),
  ...[0, 1, 45, 86_400, '60'].map(interval),
  [
    'no interval',
    limit({ requests: 10 }),
    'ingest.loadBalancer.rateLimit.intervalSeconds must be given, got nothing',
  ],
  [
    'no requests',
    limit({ intervalSeconds: 60 }),
    'ingest.loadBalancer.rateLimit.requests must be given, got nothing',
  ],
  [
    'a rate limit of another shape',
    limit({ requests: 10, intervalSeconds: 60, burst: 5 }),
    'ingest.loadBalancer.rateLimit.burst is no prop; there are requests, intervalSeconds',
  ],
  [
    'webhooks’ domains',
    { webhooks: { loadBalancer: { domains: [] } } },
    'webhooks.loadBalancer.domains must be a list of at least one',
  ],
  [
    'webhooks’ addresses',
    balancer('webhooks', { allowedAddresses: ['34.76.143.229'] }),
    'webhooks.loadBalancer.allowedAddresses[0] must be a range',
  ],
  [
    'webhooks with nothing to enforce',
    balancer('webhooks', { enforce: true }),
    'webhooks.loadBalancer.enforce needs webhooks.loadBalancer.allowedAddresses',
  ],
  [
    'a domain at two balancers',
    { ...balancer('ingest', {}), ...balancer('webhooks', { domains: ['b.example', 'a.example'] }) },
    'webhooks.loadBalancer.domains must differ from ingest.loadBalancer.domains, got "a.example"',
  ],
];
