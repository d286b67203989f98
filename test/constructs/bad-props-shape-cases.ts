/** Places where an object belongs. */
const OBJECTS: readonly string[] = [
  ...[
    'kafka',
    'ingest',
    'trackWorker',
    'webhooks',
    'warehouse',
    'secrets',
    'encryption',
    'network',
    'labels',
  ],
  ...['kafka.managed', 'kafka.managed.retentionDays', 'kafka.sasl', 'ingest.loadBalancer', 'secrets.values'],
  ...[
    'secrets.values.track-api-key',
    'secrets.rotation',
    'secrets.rotation.topicProps',
    'webhooks.topicProps',
  ],
  ...['network.existingVpc', 'network.vpcProps', 'encryption.keyProps', 'runtime.bucketProps'],
  ...['webhooks.loadBalancer', 'ingest.loadBalancer.rateLimit'],
  ...['runtime.imageMirrorProps', 'ingest.serviceAccountProps', 'warehouse.datasetProps'],
];

const WRONG: readonly unknown[] = [null, 'text', 3, true, []];

const REST: Readonly<Record<string, object>> = {
  'ingest.loadBalancer.rateLimit': { domains: ['a.example'] },
  'secrets.rotation.topicProps': { periodDays: 90, nextRotationTime: '2027-01-01T00:00:00Z' },
};

const nested = (path: string, value: unknown): object => {
  const [last = '', ...outer] = path.split('.').reverse();
  const inner: object = { ...REST[path], [last]: value };
  return outer.reduce<object>((part, name) => ({ [name]: part }), inner);
};

/** Fragments with something else where an object belongs, and what is said of each. */
export const BAD_SHAPES: readonly (readonly [string, object, string])[] = OBJECTS.filter(
  (path) => path !== 'kafka',
).flatMap((path) =>
  WRONG.map(
    (value) =>
      [
        `${path} as ${JSON.stringify(value)}`,
        nested(path, value),
        `${path} must be an object, got `,
      ] as const,
  ),
);
