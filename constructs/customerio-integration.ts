import { AnnotationMetadataEntryType, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { labelsOf } from './labels.ts';
import { Names } from './names.ts';
import { Apis } from './parts/apis.ts';
import { AuditLogs } from './parts/audit-logs.ts';
import type { Parts } from './parts/container.ts';
import type { Context } from './parts/context.ts';
import { Encryption } from './parts/encryption.ts';
import { Identities } from './parts/identities.ts';
import { IngestService } from './parts/ingest-service.ts';
import { broughtKafka } from './parts/kafka.ts';
import { ManagedKafka } from './parts/managed-kafka.ts';
import { Network } from './parts/network.ts';
import { projectNumber } from './parts/project-number.ts';
import { RuntimeCode } from './parts/runtime-code.ts';
import { Secrets } from './parts/secrets.ts';
import { TrackWorkerPool } from './parts/track-worker-pool.ts';
import { Warehouse } from './parts/warehouse.ts';
import { WebhookStream } from './parts/webhook-stream.ts';
import { WebhooksService } from './parts/webhooks-service.ts';
import type { CustomerIoIntegrationProps } from './props/integration-props.ts';
import type { Settings } from './settings/settings.ts';
import type { Claim } from './validation/claims.ts';
import { imageByTag } from './validation/validate-hardening.ts';
import { type Place, validateProps } from './validation/validate-props.ts';

const needsNetwork = ({ network, kafka }: CustomerIoIntegrationProps): boolean =>
  kafka.managed !== undefined || network?.existingVpc !== undefined || network?.vpcProps !== undefined;

/**
 * The whole pipeline between a company's applications and Customer.io, in a Google Cloud project of its own: the ingest that takes
 * events over HTTP, Kafka, the worker that brings them to the Track API, and the identities, secrets, code and network they need.
 *
 * Every part can be replaced by an existing one; every resource that is made can be reached through the read-only properties.
 *
 * @throws PropsError with every fault of the props: which prop, which rule, and what was found
 * @example
 * new CustomerIoIntegration(this, 'customerio', {
 *   environment: 'dev',
 *   project: 'acme-customerio-dev',
 *   location: 'europe-west1',
 *   customerIoRegion: 'eu',
 *   kafka: { bootstrapServers: ['broker:9092'] },
 * });
 */
export class CustomerIoIntegration extends Construct {
  /** What the props resolved to. */
  readonly settings: Settings;
  readonly identities: Identities;
  readonly secrets: Secrets;
  readonly runtime: RuntimeCode;
  readonly ingest: IngestService;
  readonly trackWorker: TrackWorkerPool;
  readonly webhooks: WebhooksService;
  readonly stream: WebhookStream;
  readonly warehouse: Warehouse;
  /** Absent with brokers of one's own. */
  readonly kafka: ManagedKafka | undefined;
  /** Absent where Kafka is reached over the internet. */
  readonly network: Network | undefined;
  /** Absent with Google's keys. */
  readonly encryption: Encryption | undefined;
  /** Absent where the project's stay as they are. */
  readonly auditLogs: AuditLogs | undefined;
  readonly #names: Names;
  /** The names that are taken; absent where the props were refused. */
  readonly #claims: readonly Claim[] | undefined;

  constructor(scope: Construct, id: string, props: CustomerIoIntegrationProps) {
    super(scope, id);
    const { settings, claims } = validateProps(props, this.#place());
    this.settings = settings;
    this.#claims = claims;
    this.#names = new Names(props);
    const context = this.#contextOf(props);
    this.#warn(props);
    const apis = props.enableApis ? new Apis(this, 'apis', context) : undefined;
    this.encryption = props.encryption && new Encryption(this, 'encryption', context);
    this.identities = new Identities(this, 'identities', context);
    this.secrets = new Secrets(this, 'secrets', context, this.encryption);
    this.runtime = new RuntimeCode(this, 'runtime', context, this.encryption);
    this.network = needsNetwork(props) ? new Network(this, 'network', context) : undefined;
    this.kafka = this.#managedKafka(context);
    const parts = this.#parts(props);
    this.trackWorker = new TrackWorkerPool(this, 'track-worker', context, parts);
    this.warehouse = new Warehouse(this, 'warehouse', context, this.encryption);
    const { trackWorker, warehouse, encryption } = this;
    this.ingest = new IngestService(this, 'ingest', context, { ...parts, trackWorker });
    this.stream = new WebhookStream(this, 'stream', context, { warehouse, encryption });
    this.webhooks = new WebhooksService(this, 'webhooks', context, { ...parts, stream: this.stream });
    this.auditLogs = props.auditLogs && new AuditLogs(this, 'audit-logs', context, props.auditLogs);
    apis?.before(this);
  }

  /** What is no fault, but should not stay so in production. */
  #warn(props: CustomerIoIntegrationProps): void {
    const byTag = this.settings.preset === 'prod' ? imageByTag(props) : undefined;
    if (byTag === undefined) return;
    // Annotations would add a stack trace, and with it this machine's folders, to what is synthesized.
    this.node.addMetadata(
      AnnotationMetadataEntryType.WARN,
      `${byTag.prop} is a tag, ${byTag.image}: whoever may push can change what it means; give it by digest, …@sha256:…`,
    );
  }

  #contextOf(props: CustomerIoIntegrationProps): Context {
    const { settings } = this;
    const preventDestroy = settings.deletionProtection;
    return {
      props,
      settings,
      names: this.#names,
      labels: labelsOf(props),
      preventDestroy,
      kept: preventDestroy ? { preventDestroy } : {},
      projectNumber: projectNumber(this, props),
    };
  }

  #managedKafka(context: Context): ManagedKafka | undefined {
    const { network, identities, encryption } = this;
    if (context.props.kafka.managed === undefined || network === undefined) return undefined;
    return new ManagedKafka(this, 'kafka', context, { network, identities, encryption });
  }

  #parts({ kafka }: CustomerIoIntegrationProps): Parts {
    const { identities, secrets, runtime, network, encryption } = this;
    return {
      identities,
      secrets,
      code: runtime,
      network,
      encryption,
      kafka: this.kafka ?? broughtKafka(kafka),
    };
  }

  /** Where it stands: two integrations of one name would fight over every resource at apply. */
  #place(): Place {
    const all = this.node.root.node.findAll();
    const neighbours = all.flatMap((node) =>
      node instanceof CustomerIoIntegration && node !== this
        ? [{ path: node.node.path, claims: node.#claims ?? [] }]
        : [],
    );
    const stack = this.node.scopes.findLast((node) => TerraformStack.isStack(node))?.node.path ?? '';
    return { path: this.node.path, stack, neighbours };
  }
}
