import type { EncryptionProps } from './encryption-props.ts';
import type { IngestProps } from './ingest-props.ts';
import type { KafkaProps } from './kafka-props.ts';
import type { NetworkProps } from './network-props.ts';
import type { RuntimeProps } from './runtime-props.ts';
import type { SecretsProps } from './secrets-props.ts';
import type { TrackWorkerProps } from './track-worker-props.ts';
import type { WarehouseProps } from './warehouse-props.ts';
import type { WebhooksProps } from './webhooks-props.ts';

/** The names of the presets: sizes, retention and protection that go together. */
export type PresetName = 'dev' | 'staging' | 'prod';

/** A kind of access that Cloud Audit Logs can log. */
export type AuditLogType = 'ADMIN_READ' | 'DATA_READ' | 'DATA_WRITE';

/**
 * Properties of a `CustomerIoIntegration`. The first five are the smallest useful set. What is left out comes from the preset
 * of the environment, and what that leaves out from the default.
 */
export interface CustomerIoIntegrationProps {
  /**
   * Name of the environment, for labels: lower-case letters, digits and dashes, at most 20 characters.
   * @example { environment: 'dev' }
   */
  readonly environment: string;

  /**
   * Id of the Google Cloud project that everything is made in.
   * @example { project: 'acme-customerio-dev' }
   */
  readonly project: string;

  /**
   * Google Cloud region. For a workspace in Customer.io's EU data center it must begin with `europe-`. It cannot be changed later: what is
   * named stays where it is. Make a second integration with a `prefix` instead, and remove the first.
   * @example { location: 'europe-west4' }
   */
  readonly location: string;

  /**
   * Data center of the Customer.io workspace: `us` or `eu`.
   * @example { customerIoRegion: 'eu' }
   */
  readonly customerIoRegion: 'us' | 'eu';

  /**
   * Kafka: brokers of one's own, or a cluster that is made here.
   * @example { kafka: { bootstrapServers: ['broker-1.acme.example:9092', 'broker-2.acme.example:9092'] } }
   */
  readonly kafka: KafkaProps;

  /**
   * Which preset applies.
   * @default the environment’s name where it is `dev`, `staging` or `prod`, else `prod`
   * @example { environment: 'qa', preset: 'staging' }
   */
  readonly preset?: PresetName;

  /**
   * Number of the project, digits only. With it plans need no look-up and members of service agents are literal.
   * @default looked up where an agent of Google’s needs a grant
   * @example { projectNumber: '123456789012' }
   */
  readonly projectNumber?: string;

  /**
   * Stands in front of every name, at most 12 characters, so that two environments can share a project, or two integrations
   * a stack.
   * @default none
   * @example { prefix: 'shop' }
   */
  readonly prefix?: string;

  /**
   * Team that answers for it, a label: lower-case letters, digits, dashes and underscores.
   * @default no label
   * @example { owner: 'growth-platform' }
   */
  readonly owner?: string;

  /**
   * Cost centre, a label.
   * @default no label
   * @example { costCentre: 'cc-4711' }
   */
  readonly costCentre?: string;

  /**
   * More labels, for every resource that takes them.
   * @default none
   * @example { labels: { team: 'growth' } }
   */
  readonly labels?: Readonly<Record<string, string>>;

  /**
   * Keeps Terraform from destroying what serves traffic or holds data. To remove such a thing, set false, deploy, then remove it.
   * @default false in dev, true in staging and prod
   * @example { deletionProtection: true }
   */
  readonly deletionProtection?: boolean;

  /**
   * What a bank’s reviewer asks for and costs money or needs preparation: flow logs of the subnetwork that is made, a firewall rule that refuses and
   * logs what would come in, versions of the bundles’ bucket, and images by digest: `runtime.image`, or `runtime.nodeImage` under the bundles. It
   * replaces nothing that holds data, so it can be set later. Keys of one’s own are `encryption`, and who reads data is logged by `auditLogs`.
   * @default false
   * @example { hardened: true, runtime: { nodeImage: 'docker.io/library/node@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef' } }
   */
  readonly hardened?: boolean;

  /**
   * Cloud Audit Logs of the project, by service: which kinds of access are logged, `ADMIN_READ`, `DATA_READ` and `DATA_WRITE`. For a service that
   * stands here this list is the whole of it: what the project had for that service, exempted members too, is replaced, and taking the service out
   * of the list turns its logs off. Other services stay as they are. One stack of a project may name a service.
   * @default none: the project’s stay as they are
   * @example { auditLogs: { 'bigquery.googleapis.com': ['DATA_READ', 'DATA_WRITE'], 'storage.googleapis.com': ['DATA_WRITE'] } }
   */
  readonly auditLogs?: Readonly<Record<string, readonly AuditLogType[]>>;

  /**
   * Enables the Google APIs that are needed, and leaves them on when it is destroyed.
   * @default false: they are enabled beforehand
   * @example { enableApis: true }
   */
  readonly enableApis?: boolean;

  /**
   * Least level that the roles log: `debug`, `info`, `warn` or `error`.
   * @default 'info'
   * @example { logLevel: 'warn' }
   */
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error';

  /**
   * The HTTP API that takes events.
   * @default one service, reached with write keys
   * @example { ingest: {} }
   */
  readonly ingest?: IngestProps;

  /**
   * The worker that brings events to the Track API.
   * @default one worker pool
   * @example { trackWorker: {} }
   */
  readonly trackWorker?: TrackWorkerProps;

  /**
   * The receiver of Customer.io’s webhooks and the stream behind it.
   * @default one service, one topic
   * @example { webhooks: {} }
   */
  readonly webhooks?: WebhooksProps;

  /**
   * The tables and views that webhooks end in.
   * @default a dataset in BigQuery
   * @example { warehouse: {} }
   */
  readonly warehouse?: WarehouseProps;

  /**
   * The code that the containers run.
   * @default bundles of this package on a stock Node image
   * @example { runtime: {} }
   */
  readonly runtime?: RuntimeProps;

  /**
   * Credentials and keys.
   * @default secrets with a placeholder; values by `cio-platform secrets set`
   * @example { secrets: {} }
   */
  readonly secrets?: SecretsProps;

  /**
   * A key of one’s own for what is stored. Google’s agents must exist before: `gcloud beta services identity create --service
   * secretmanager.googleapis.com`, and the same for `pubsub.googleapis.com` and, with a managed Kafka, `managedkafka.googleapis.com`.
   * @default Google’s keys
   * @example { encryption: { keyProps: {} } }
   */
  readonly encryption?: EncryptionProps;

  /**
   * The network through which Kafka is reached.
   * @default none with brokers of one’s own; a new one with a managed cluster
   * @example { network: {} }
   */
  readonly network?: NetworkProps;
}
