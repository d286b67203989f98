import { readFileSync } from 'node:fs';

const CA = readFileSync(`${import.meta.dirname}/../fixtures/ca.pem`, 'utf8');
const KEY = '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n';

const oauth = (more: object): object => ({
  kafka: { sasl: { mechanism: 'oauthbearer', tokenUrl: 'https://login.acme.example/token', ...more } },
});
const balancer = (more: object): object => ({
  ingest: { loadBalancer: { domains: ['a.example'], ...more } },
});
const rotation = (more: object): object => ({
  secrets: { rotation: { periodDays: 90, nextRotationTime: '2027-01-01T00:00:00Z', ...more } },
});
const cidr = (range: string): readonly [string, object, string] => [
  `range ${range}`,
  { network: { vpcProps: { cidr: range } } },
  'network.vpcProps.cidr must be a private range',
];
const allowed = (range: string): readonly [string, object, string] => [
  `addresses ${range}`,
  balancer({ allowedAddresses: [range] }),
  'ingest.loadBalancer.allowedAddresses[0] must be a range',
];
const bucket = (name: string): readonly [string, object, string] => [
  `bucket ${name}`,
  { runtime: { bucketProps: { name } } },
  'runtime.bucketProps.name must be a bucket’s name',
];

/** More fragments of bad props and what is said of each: values and names. */
export const BAD_VALUES: readonly (readonly [string, object, string])[] = [
  [
    'key beside authority',
    { kafka: { ca: CA + KEY } },
    'kafka.ca must be certificates in PEM and nothing else',
  ],
  ['typo', { ingest: { minInstance: 1 } }, 'ingest.minInstance is no prop; did you mean minInstances?'],
  [
    'unknown prop',
    { warehouse: { colour: 'red' } },
    'warehouse.colour is no prop; there are existingDataset',
  ],
  ['typo at the top', { ingress: {} }, 'ingress is no prop; '],
  [
    'mapping',
    { ingest: { mapping: 'segment' } },
    'ingest.mapping must be one of destination, as-sent, got "segment"',
  ],
  ['bundle', { runtime: { bundle: 'x' } }, 'runtime.bundle must be a function'],
  ['broken location', { location: 'europe-west1(' }, 'location must be a Google Cloud region'],
  ['preset of objects', { preset: 'toString' }, 'preset must be one of dev, staging, prod'],
  [
    'retention of an object',
    { kafka: { managed: { retentionDays: { track: { toString: 3 } } } } },
    'kafka.managed.retentionDays.track must be a whole number',
  ],
  [
    'secret of objects',
    { secrets: { values: { toString: { version: 1 } } } },
    'secrets.values.toString is no secret',
  ],
  [
    'placeholders',
    { secrets: { placeholders: 'unset' } },
    'secrets.placeholders must be true, false or a list of secrets',
  ],
  [
    'placeholder of no secret',
    { secrets: { placeholders: ['track-api-key', 'app-key'] } },
    'secrets.placeholders[1] must be one of ',
  ],
  [
    'placeholder of an unused secret',
    { secrets: { placeholders: ['kafka-password'] } },
    'secrets.placeholders[0] must be one of ',
  ],
  [
    'placeholder twice',
    { secrets: { placeholders: ['track-api-key', 'track-api-key'] } },
    'secrets.placeholders[1] must not be given twice',
  ],
  [
    'lanes of an object',
    { trackWorker: { lanes: { toString: 3 } } },
    'trackWorker.lanes must be a whole number',
  ],
  [
    'user in token url',
    oauth({ tokenUrl: 'https://u:p@a.example' }),
    'kafka.sasl.tokenUrl must be an https address',
  ],
  [
    'plain token url',
    oauth({ tokenUrl: 'http://a.example' }),
    'kafka.sasl.tokenUrl must be an https address',
  ],
  ['no token url', oauth({ tokenUrl: 'https://' }), 'kafka.sasl.tokenUrl must be an https address'],
  ['no scope', oauth({ scope: '' }), 'kafka.sasl.scope must be a scope'],
  ['scope with space', oauth({ scope: ' kafka' }), 'kafka.sasl.scope must be a scope'],
  ['no extensions', oauth({ extensions: {} }), 'kafka.sasl.extensions must have at least one'],
  [
    'extension',
    oauth({ extensions: { 'a-b': 'c' } }),
    'kafka.sasl.extensions, the key a-b must be letters only',
  ],
  ['auth', oauth({ extensions: { auth: 'c' } }), 'kafka.sasl.extensions, the key auth must be letters only'],
  ['comma', oauth({ extensions: { a: 'b,c' } }), 'kafka.sasl.extensions.a must be plain text'],
  ['extensions as a text', oauth({ extensions: 'a=b' }), 'kafka.sasl.extensions must be an object'],
  ['4 CPUs', { ingest: { cpu: 4 } }, 'ingest.memoryMib must be at least 2048 with cpu 4, got 512'],
  [
    '8 CPUs',
    { trackWorker: { cpu: 8, memoryMib: 2048 } },
    'trackWorker.memoryMib must be at least 4096 with cpu 8',
  ],
  ...['10.0.0.1/24', '11.0.0.0/24', '172.32.0.0/16', '192.168.300.0/24', '192.0.0.0/8', '10.8.0.0/27'].map(
    cidr,
  ),
  ...['999.0.0.0/8', '10.0.0.0/33', '2001:db8::/129', 'fffff::/8', ':::/8'].map(allowed),
  ['port', { kafka: { bootstrapServers: ['broker:70000'] } }, 'kafka.bootstrapServers[0] must be host:port'],
  [
    'broker twice',
    { kafka: { bootstrapServers: ['a:1', 'a:1'] } },
    'kafka.bootstrapServers[1] must not be given twice',
  ],
  [
    'domain twice',
    balancer({ domains: ['a.example', 'a.example'] }),
    'ingest.loadBalancer.domains[1] must not be given twice',
  ],
  [
    'too many domains',
    balancer({ domains: Array.from({ length: 16 }, (_none, index) => `a${index}.example`) }),
    'ingest.loadBalancer.domains must be at most 15',
  ],
  ...['a..b', '10.0.0.1', 'goog-code', 'my-google-code'].map(bucket),
  ['prefix of Google', { prefix: 'google' }, 'prefix must be'],
  [
    'topic of Google',
    { webhooks: { topicProps: { name: 'goog-x' } } },
    'webhooks.topicProps.name must be a topic’s',
  ],
  [
    'too many labels',
    { labels: Object.fromEntries(Array.from({ length: 61 }, (_none, index) => [`l${index}`, 'x'])) },
    'labels must be at most 60',
  ],
  [
    'no such day',
    rotation({ nextRotationTime: '2027-02-30T00:00:00Z' }),
    'secrets.rotation.nextRotationTime must be',
  ],
  [
    'one account for two new roles',
    {
      ingest: { serviceAccountProps: { accountId: 'events' } },
      trackWorker: { serviceAccountProps: { accountId: 'events' } },
    },
    'trackWorker.serviceAccountProps.accountId must differ from ingest.serviceAccountProps.accountId',
  ],
  [
    'more bodies than a memory that was given',
    { webhooks: { concurrency: 1000, memoryMib: 1144 } },
    'webhooks.concurrency times 1 MB and 300 MB more must fit into webhooks.memoryMib, 1144: at most 899, got 1000',
  ],
  [
    'more webhooks than Cloud Run takes',
    { webhooks: { concurrency: 5000 } },
    'webhooks.concurrency must be a',
  ],
  [
    'memory that is too small for anything',
    { webhooks: { memoryMib: 64, concurrency: 900 } },
    'webhooks.memoryMib must be a whole number from 512 to 32768, got 64',
  ],
  [
    'half a day',
    { webhooks: { topicRetentionDays: 0.5 } },
    'webhooks.topicRetentionDays must be a whole number',
  ],
  [
    'a duration for days',
    { webhooks: { topicRetentionDays: '604800s' } },
    'webhooks.topicRetentionDays must be a whole number',
  ],
  [
    'a topic whose subscriptions’ names would be too long',
    { webhooks: { topicProps: { name: 'x'.repeat(240) } } },
    'webhooks.topicProps.name must be a topic’s name of 3 to 239 characters',
  ],
  [
    'such a topic that exists',
    { webhooks: { existingTopic: `projects/p/topics/${'x'.repeat(240)}` } },
    'webhooks.existingTopic must be a full name: projects/…/topics/…, its last part of at most 239 characters',
  ],
];
