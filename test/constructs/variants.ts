import { readFileSync } from 'node:fs';
import type { CustomerIoIntegrationProps } from '../../constructs/index.ts';
import { SMALLEST, withFragment } from '../../tools/reference/example-props.ts';

const CA = readFileSync(`${import.meta.dirname}/../fixtures/ca.pem`, 'utf8');
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const NETWORK = {
  network: 'projects/shared/global/networks/main',
  subnetwork: 'projects/shared/regions/europe-west1/subnetworks/run',
};

/** Props that between them make every resource and take every branch. */
export const VARIANTS: Readonly<Record<string, CustomerIoIntegrationProps>> = {
  smallest: SMALLEST,
  'brokers with a password and a private authority': withFragment({
    environment: 'prod',
    prefix: 'shop',
    kafka: { ca: CA, sasl: { mechanism: 'scram-sha-512' }, partitions: 24, sessionTimeoutMs: 45_000 },
    ingest: {
      publicAccess: 'invokerIamDisabled',
      serviceAccountProps: { accountId: 'events-in' },
      mapping: 'as-sent',
      loadBalancer: {
        domains: ['events.shop.example', 'events.acme.example'],
        allowedAddresses: ['203.0.113.0/24'],
        enforce: false,
        rateLimit: { requests: 6000, intervalSeconds: 60 },
      },
    },
    trackWorker: { existingServiceAccount: 'worker@acme.iam.gserviceaccount.com', scaledElsewhere: true },
    network: { existingVpc: { ...NETWORK, tags: ['kafka-client'] }, staticAddress: true },
    runtime: {
      existingBucket: 'acme-code',
      existingImageMirror: 'europe-west1-docker.pkg.dev/acme/docker-hub',
    },
    secrets: {
      values: { 'track-api-key': { version: 2 }, 'kafka-password': { version: 1 } },
      rotation: { periodDays: 90, nextRotationTime: '2027-01-01T00:00:00Z' },
    },
    webhooks: {
      existingTopic: 'projects/shared/topics/events',
      publicAccess: 'invokerIamDisabled',
      existingServiceAccount: 'webhooks@acme.iam.gserviceaccount.com',
    },
    warehouse: { existingDataset: 'marketing', eventDays: 400 },
    projectNumber: '123456789012',
    enableApis: true,
  }),
  'brokers with tokens': withFragment({
    environment: 'staging',
    kafka: {
      sasl: {
        mechanism: 'oauthbearer',
        tokenUrl: 'https://login.acme.example/token',
        scope: 'kafka',
        extensions: { logicalCluster: 'lkc-1', identityPoolId: 'pool-1' },
      },
    },
    ingest: {
      loadBalancer: {
        domains: ['events.acme.example'],
        allowedAddresses: Array.from({ length: 12 }, (_none, index) => `203.0.113.${index}/32`),
      },
    },
    webhooks: {
      loadBalancer: {
        domains: ['webhooks.acme.example'],
        allowedAddresses: ['34.76.143.229/32'],
        enforce: true,
      },
    },
    runtime: { image: `europe-west1-docker.pkg.dev/acme/platform/customerio@${DIGEST}` },
    encryption: { existingKey: 'projects/acme/locations/europe-west1/keyRings/main/cryptoKeys/customerio' },
  }),
  'a managed Kafka': withFragment({
    environment: 'prod',
    hardened: true,
    auditLogs: { 'bigquery.googleapis.com': ['DATA_READ', 'DATA_WRITE'] },
    owner: 'growth',
    costCentre: 'cc-1',
    labels: { team: 'growth' },
    kafka: { managed: { producers: ['shop@acme.iam.gserviceaccount.com'], retentionDays: { dlq: 60 } } },
    ingest: {
      access: 'iam',
      invokers: ['serviceAccount:shop@acme.iam.gserviceaccount.com', 'group:a@acme.example'],
    },
    network: { vpcProps: { cidr: '10.20.0.0/24' }, staticAddress: true },
    runtime: { imageMirrorProps: {}, nodeImage: `docker.io/library/node@${DIGEST}` },
    encryption: { keyProps: { protectionLevel: 'HSM' } },
    webhooks: {
      loadBalancer: { domains: ['webhooks.acme.example'], allowedAddresses: ['34.76.143.229/32'] },
      topicProps: { name: 'delivery-events', retentionDays: 14 },
      deliveryAttempts: 50,
      maxInstances: 20,
    },
    warehouse: {
      datasetProps: { datasetId: 'customerio', location: 'europe-west1' },
      quarantineDays: 180,
      owners: ['serviceAccount:deploy@acme.iam.gserviceaccount.com'],
      readers: ['group:analysts@acme.example', 'domain:acme.example'],
      authorizedViews: ['acme-reports.marketing.opens_per_week'],
    },
    secrets: {
      rotation: {
        periodDays: 30,
        nextRotationTime: '2027-01-01T00:00:00Z',
        existingTopic: 'projects/a/topics/b',
      },
    },
  }),
};
