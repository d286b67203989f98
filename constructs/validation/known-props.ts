import type { EncryptionProps, KeyProps } from '../props/encryption-props.ts';
import type { IngestProps, LoadBalancerProps, RateLimitProps } from '../props/ingest-props.ts';
import type { CustomerIoIntegrationProps } from '../props/integration-props.ts';
import type { KafkaProps, ManagedKafkaProps, SaslProps } from '../props/kafka-props.ts';
import type { ExistingVpcProps, NetworkProps, VpcProps } from '../props/network-props.ts';
import type { BucketProps, ImageMirrorProps, RuntimeProps } from '../props/runtime-props.ts';
import type {
  RotationProps,
  RotationTopicProps,
  SecretsProps,
  SecretValueProps,
} from '../props/secrets-props.ts';
import type { TrackWorkerProps } from '../props/track-worker-props.ts';
import type { DatasetProps, WarehouseProps } from '../props/warehouse-props.ts';
import type { StreamTopicProps, WebhooksLoadBalancerProps, WebhooksProps } from '../props/webhooks-props.ts';
import type { ServiceAccountProps, WorkloadProps } from '../props/workload-props.ts';

/** What may stand under a name: a value, an object of known props, or an object whose names are free, of values or of objects. */
export type Kind = true | Known | { readonly entries: true | Known };

/** The names of an object's props, and what each may be. */
export interface Known {
  readonly props: Readonly<Record<string, Kind>>;
  /** Names that are looked for here and must not be, with the reason. */
  readonly refused?: Readonly<Record<string, string>>;
}

/** A name that is missing, or one too many, does not compile. */
const known = <T>(props: Readonly<Record<keyof Required<T>, Kind>>): Known => ({ props });

const MAP = { entries: true } as const;

const WORKLOAD: Readonly<Record<keyof WorkloadProps, Kind>> = {
  cpu: true,
  memoryMib: true,
  existingServiceAccount: true,
  serviceAccountProps: known<ServiceAccountProps>({ accountId: true, displayName: true }),
};

const KAFKA = known<KafkaProps>({
  bootstrapServers: true,
  managed: known<ManagedKafkaProps>({
    clusterId: true,
    vcpus: true,
    memoryGib: true,
    replicationFactor: true,
    minInsyncReplicas: true,
    retentionDays: MAP,
    producers: true,
    readers: true,
    bootstrapAddress: true,
    conditionalGrant: true,
  }),
  tls: true,
  sasl: known<SaslProps>({ mechanism: true, tokenUrl: true, scope: true, extensions: MAP }),
  ca: true,
  partitions: true,
  sessionTimeoutMs: true,
});

const INGEST = known<IngestProps>({
  ...WORKLOAD,
  access: true,
  mapping: true,
  invokers: true,
  publicAccess: true,
  loadBalancer: known<LoadBalancerProps>({
    domains: true,
    allowedAddresses: true,
    enforce: true,
    rateLimit: known<RateLimitProps>({ requests: true, intervalSeconds: true }),
  }),
  minInstances: true,
  maxInstances: true,
  concurrency: true,
  timeoutSeconds: true,
});

const TRACK_WORKER = known<TrackWorkerProps>({
  ...WORKLOAD,
  instances: true,
  lanes: true,
  processed: true,
  scaledElsewhere: true,
});

const WEBHOOKS = known<WebhooksProps>({
  ...WORKLOAD,
  publicAccess: true,
  loadBalancer: {
    ...known<WebhooksLoadBalancerProps>({ domains: true, allowedAddresses: true, enforce: true }),
    refused: {
      rateLimit:
        'is for the ingest alone: Customer.io sends a refused webhook again an hour later, and holds back every later one meanwhile',
    },
  },
  minInstances: true,
  maxInstances: true,
  concurrency: true,
  existingTopic: true,
  topicProps: known<StreamTopicProps>({ name: true, retentionDays: true }),
  topicRetentionDays: true,
  deliveryAttempts: true,
});

const WAREHOUSE = known<WarehouseProps>({
  existingDataset: true,
  datasetProps: known<DatasetProps>({ datasetId: true, location: true }),
  readers: true,
  owners: true,
  authorizedViews: true,
  eventDays: true,
  quarantineDays: true,
});

const RUNTIME = known<RuntimeProps>({
  image: true,
  nodeImage: true,
  existingImageMirror: true,
  imageMirrorProps: known<ImageMirrorProps>({ repositoryId: true }),
  existingBucket: true,
  bucketProps: known<BucketProps>({ name: true }),
  bundle: true,
});

const SECRETS = known<SecretsProps>({
  values: { entries: known<SecretValueProps>({ version: true }) },
  placeholders: true,
  rotation: known<RotationProps>({
    periodDays: true,
    nextRotationTime: true,
    existingTopic: true,
    topicProps: known<RotationTopicProps>({ name: true }),
  }),
});

const NETWORK = known<NetworkProps>({
  existingVpc: known<ExistingVpcProps>({ network: true, subnetwork: true, tags: true }),
  vpcProps: known<VpcProps>({ cidr: true }),
  staticAddress: true,
});

/** Every prop of an integration. */
export const KNOWN_PROPS: Known = known<CustomerIoIntegrationProps>({
  environment: true,
  project: true,
  location: true,
  customerIoRegion: true,
  kafka: KAFKA,
  preset: true,
  projectNumber: true,
  prefix: true,
  owner: true,
  costCentre: true,
  labels: MAP,
  deletionProtection: true,
  hardened: true,
  auditLogs: MAP,
  enableApis: true,
  logLevel: true,
  ingest: INGEST,
  trackWorker: TRACK_WORKER,
  webhooks: WEBHOOKS,
  warehouse: WAREHOUSE,
  runtime: RUNTIME,
  secrets: SECRETS,
  encryption: known<EncryptionProps>({
    existingKey: true,
    keyProps: known<KeyProps>({ rotationDays: true, protectionLevel: true }),
  }),
  network: NETWORK,
});
