import { readFileSync } from 'node:fs';

const VPC = {
  network: 'projects/acme/global/networks/main',
  subnetwork: 'projects/acme/regions/europe-west1/subnetworks/run',
};
const BUCKET_OR_IMAGE = `docker.io/library/node@sha256:${'a'.repeat(64)}`;

/** Fragments of bad props and what is said of each. */
export const BAD: readonly (readonly [string, object, string])[] = [
  ['environment', { environment: 'Dev Env' }, 'environment must be 1 to 20 lower-case letters'],
  ['project', { project: '' }, 'project must be given, got ""'],
  ['prefix', { prefix: 'a-name-that-is-too-long' }, 'prefix must be 1 to 12 lower-case letters'],
  ['location', { location: 'europe' }, 'location must be a Google Cloud region'],
  ['residence', { location: 'us-central1' }, 'location must begin with europe- where customerIoRegion is eu'],
  ['region', { customerIoRegion: 'apac' }, 'customerIoRegion must be one of us, eu, got "apac"'],
  ['label', { labels: { Team: 'x' } }, 'labels, the key Team must be a label’s key'],
  ['own label', { labels: { environment: 'x' } }, 'labels.environment is set by the integration itself'],
  ['no Kafka', { kafka: { bootstrapServers: undefined } }, 'kafka must have bootstrapServers or managed'],
  [
    'no brokers',
    { kafka: { bootstrapServers: [] } },
    'kafka.bootstrapServers must be a list of at least one',
  ],
  ['broker', { kafka: { bootstrapServers: ['broker'] } }, 'kafka.bootstrapServers[0] must be host:port'],
  [
    'SASL',
    { kafka: { sasl: { mechanism: 'gssapi' } } },
    'kafka.sasl.mechanism must be one of plain, scram-sha-256',
  ],
  [
    'token url',
    { kafka: { sasl: { mechanism: 'plain', tokenUrl: 'https://a/b' } } },
    'kafka.sasl.tokenUrl belongs to',
  ],
  ['authority', { kafka: { ca: 'MIIB' } }, 'kafka.ca must be certificates in PEM'],
  [
    'authority without TLS',
    { kafka: { tls: false, ca: readFileSync(`${import.meta.dirname}/../fixtures/ca.pem`, 'utf8') } },
    'kafka.ca needs TLS',
  ],
  [
    'partitions',
    { kafka: { partitions: 0 } },
    'kafka.partitions must be a whole number from 1 to 1000, got 0',
  ],
  [
    'cluster memory',
    { kafka: { managed: { vcpus: 3, memoryGib: 25 } } },
    'kafka.managed.memoryGib must be 1 to 8 for each',
  ],
  [
    'in sync',
    { kafka: { managed: { minInsyncReplicas: 4 } } },
    'kafka.managed.minInsyncReplicas must be at most the 3',
  ],
  [
    'retention',
    { kafka: { managed: { retentionDays: { dlq: 1 } } } },
    'kafka.managed.retentionDays.dlq must be at least',
  ],
  [
    'topic',
    { kafka: { managed: { retentionDays: { trak: 1 } } } },
    'kafka.managed.retentionDays.trak is no topic',
  ],
  [
    'managed with SASL',
    { kafka: { managed: {}, sasl: { mechanism: 'plain' } } },
    'kafka.sasl is for brokers of one’s own',
  ],
  [
    'zero instances',
    { ingest: { maxInstances: 0 } },
    'ingest.maxInstances must be a whole number from 1 to 1000, got 0',
  ],
  ['half a CPU', { ingest: { cpu: 0.5 } }, 'ingest.cpu must be one of 1, 2, 4, 6, 8, got 0.5'],
  ['half an instance', { trackWorker: { instances: 1.5 } }, 'trackWorker.instances must be a whole number'],
  [
    'memory',
    { trackWorker: { memoryMib: 256 } },
    'trackWorker.memoryMib must be a whole number from 512 to 32768',
  ],
  [
    'memory for one CPU',
    { ingest: { memoryMib: 5000 } },
    'ingest.memoryMib must be at most 4096 with cpu 1, got 5000',
  ],
  [
    'fewest',
    { ingest: { minInstances: 9 } },
    'ingest.minInstances must be at most ingest.maxInstances, 2, got 9',
  ],
  [
    'time-out',
    { ingest: { timeoutSeconds: 8 } },
    'ingest.timeoutSeconds must be a whole number from 10 to 300',
  ],
  [
    'partitions and instances',
    { trackWorker: { instances: 7 } },
    'trackWorker.instances must be at most kafka.partitions, 6, got 7',
  ],
  [
    'budget',
    { kafka: { partitions: 50 }, trackWorker: { instances: 50, lanes: 10 } },
    'trackWorker.lanes times trackWorker.instances must be at most 300',
  ],
  ['access', { ingest: { access: 'open' } }, 'ingest.access must be one of write-key, iam'],
  ['nobody', { ingest: { access: 'iam' } }, 'ingest.invokers must be given with access iam'],
  ['everybody', { ingest: { access: 'iam', invokers: ['allUsers'] } }, 'ingest.invokers[0] must be a member'],
  ['invokers', { ingest: { invokers: ['user:a@b.example'] } }, 'ingest.invokers belongs to access iam'],
  [
    'two accounts',
    { ingest: { existingServiceAccount: 'a@acme.iam.gserviceaccount.com', serviceAccountProps: {} } },
    'ingest.existingServiceAccount must not be given together with ingest.serviceAccountProps',
  ],
  [
    'one account for two roles',
    {
      ingest: { existingServiceAccount: 'a@acme.iam.gserviceaccount.com' },
      trackWorker: { existingServiceAccount: 'a@acme.iam.gserviceaccount.com' },
    },
    'trackWorker.existingServiceAccount must differ from that of ingest',
  ],
  [
    'account',
    { ingest: { serviceAccountProps: { accountId: 'x' } } },
    'ingest.serviceAccountProps.accountId must be 6 to 30',
  ],
  [
    'domains',
    { ingest: { loadBalancer: { domains: [] } } },
    'ingest.loadBalancer.domains must be a list of at least one',
  ],
  [
    'addresses',
    { ingest: { loadBalancer: { domains: ['a.example'], allowedAddresses: ['10.0.0.1'] } } },
    'ingest.loadBalancer.allowedAddresses[0] must be a range',
  ],
  [
    'nothing to enforce',
    { ingest: { loadBalancer: { domains: ['a.example'], enforce: true } } },
    'ingest.loadBalancer.enforce needs',
  ],
  [
    'image by tag',
    { runtime: { image: 'gcr.io/acme/cio:latest' } },
    'runtime.image must be an image by digest',
  ],
  [
    'Node image',
    { runtime: { nodeImage: 'docker.io/library/node:latest' } },
    'runtime.nodeImage must be Docker Hub’s Node image at an exact version',
  ],
  ['bare Node image', { runtime: { nodeImage: 'docker.io/library/node' } }, 'runtime.nodeImage must be'],
  [
    'image and Node image',
    { runtime: { image: `a/b@sha256:${'a'.repeat(64)}`, nodeImage: BUCKET_OR_IMAGE } },
    'runtime.image must not be given together with runtime.nodeImage',
  ],
  [
    'two buckets',
    { runtime: { existingBucket: 'acme-code', bucketProps: {} } },
    'runtime.existingBucket must not be given together with runtime.bucketProps',
  ],
  ['bucket', { runtime: { bucketProps: { name: 'A' } } }, 'runtime.bucketProps.name must be a bucket’s name'],
  [
    'two keys',
    {
      encryption: { existingKey: 'projects/a/locations/europe-west1/keyRings/b/cryptoKeys/c', keyProps: {} },
    },
    'encryption.existingKey must not be given together with encryption.keyProps',
  ],
  ['no key', { encryption: {} }, 'encryption must have existingKey or keyProps'],
  [
    'key elsewhere',
    { encryption: { existingKey: 'projects/a/locations/us-east1/keyRings/b/cryptoKeys/c' } },
    'encryption.existingKey must be a full name of a key in europe-west1',
  ],
  [
    'two networks',
    { network: { existingVpc: VPC, vpcProps: {} } },
    'network.existingVpc must not be given together with network.vpcProps',
  ],
  [
    'subnetwork elsewhere',
    { network: { existingVpc: { ...VPC, subnetwork: 'projects/a/regions/us-east1/subnetworks/b' } } },
    'network.existingVpc.subnetwork must be a full name of a subnetwork in europe-west1',
  ],
  [
    'range',
    { network: { vpcProps: { cidr: '10.0.0.0/28' } } },
    'network.vpcProps.cidr must be a private range',
  ],
  ['address without network', { network: { staticAddress: true } }, 'network.staticAddress needs'],
  [
    'secret',
    { secrets: { values: { 'app-key': { version: 1 } } } },
    'secrets.values.app-key is no secret; there are track-site-id',
  ],
  [
    'unused secret',
    { secrets: { values: { 'kafka-password': { version: 1 } } } },
    'secrets.values.kafka-password is not used with these props',
  ],
  [
    'version',
    { secrets: { values: { 'track-api-key': { version: 0 } } } },
    'secrets.values.track-api-key.version must be a whole number',
  ],
  [
    'rotation',
    { secrets: { rotation: { periodDays: 90, nextRotationTime: 'soon' } } },
    'secrets.rotation.nextRotationTime must be a time in UTC',
  ],
  ['no object', { ingest: 3 }, 'ingest must be an object, got 3'],
  [
    'no attempts',
    { webhooks: { deliveryAttempts: 5 } },
    'webhooks.deliveryAttempts must be a whole number from 50 to 100',
  ],
  [
    'no warm instance',
    { webhooks: { minInstances: 0 } },
    'webhooks.minInstances must be a whole number from 1 to 100',
  ],
  [
    'two topics',
    { webhooks: { existingTopic: 'projects/a/topics/b', topicProps: {} } },
    'webhooks.existingTopic must not be given together with webhooks.topicProps',
  ],
  ['topic’s name', { webhooks: { existingTopic: 'events' } }, 'webhooks.existingTopic must be a full name'],
  [
    'two datasets',
    { warehouse: { existingDataset: 'a', datasetProps: {} } },
    'warehouse.existingDataset must not be given together with warehouse.datasetProps',
  ],
  ['dataset', { warehouse: { existingDataset: 'a-b' } }, 'warehouse.existingDataset must be a dataset’s id'],
  [
    'too few days',
    { warehouse: { eventDays: 7 } },
    'warehouse.eventDays must be a whole number from 31 to 3650',
  ],
  [
    'warehouse elsewhere',
    { warehouse: { datasetProps: { location: 'US' } } },
    'warehouse.datasetProps.location must be EU or begin with europe-',
  ],
  [
    'warehouse without its key',
    { warehouse: { datasetProps: { location: 'EU' } }, encryption: { keyProps: {} } },
    'warehouse.datasetProps.location must be that of the key, europe-west1',
  ],
  [
    'more bodies than memory',
    { webhooks: { concurrency: 237 } },
    'webhooks.concurrency times 1 MB and 300 MB more must fit into webhooks.memoryMib, 512: at most 236, got 237',
  ],
  [
    'topics that keep nothing',
    { webhooks: { topicRetentionDays: 0 } },
    'webhooks.topicRetentionDays must be a whole number from 1 to 31, got 0',
  ],
  [
    'topics that keep too long',
    { webhooks: { topicRetentionDays: 32 } },
    'webhooks.topicRetentionDays must be a whole number from 1 to 31, got 32',
  ],
];
