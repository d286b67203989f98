export { CustomerIoIntegration } from './customerio-integration.ts';
export type { EncryptionProps, KeyProps } from './props/encryption-props.ts';
export type { IngestProps, LoadBalancerProps, RateLimitProps } from './props/ingest-props.ts';
export type { AuditLogType, CustomerIoIntegrationProps, PresetName } from './props/integration-props.ts';
export type { KafkaProps, ManagedKafkaProps, SaslProps } from './props/kafka-props.ts';
export type { ExistingVpcProps, NetworkProps, VpcProps } from './props/network-props.ts';
export type { BucketProps, ImageMirrorProps, RuntimeProps } from './props/runtime-props.ts';
export type {
  RotationProps,
  RotationTopicProps,
  SecretsProps,
  SecretValueProps,
} from './props/secrets-props.ts';
export type { TrackWorkerProps } from './props/track-worker-props.ts';
export type { DatasetProps, WarehouseProps } from './props/warehouse-props.ts';
export type { StreamTopicProps, WebhooksLoadBalancerProps, WebhooksProps } from './props/webhooks-props.ts';
export type { ServiceAccountProps, WorkloadProps } from './props/workload-props.ts';
export { type PropFault, PropsError } from './validation/faults.ts';
