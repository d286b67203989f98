import { CloudRunV2Service } from '@cdktf/provider-google/lib/cloud-run-v2-service/index.js';
import { CloudRunV2ServiceIamMember } from '@cdktf/provider-google/lib/cloud-run-v2-service-iam-member/index.js';
import { Construct } from 'constructs';
import type { EnvFor } from '../../app/contract/env.ts';
import { PATHS } from '../../app/contract/http-paths.ts';
import { CLIENT_FIELDS, type Container, containerOf, type Parts } from './container.ts';
import type { Context } from './context.ts';
import { because } from './grant.ts';
import type { Identity } from './identities.ts';
import { LoadBalancer } from './load-balancer.ts';
import { markOf } from './mark-of.ts';
import { secretFile } from './secret-mount.ts';

const PORT = 8080;
const EVERYBODY = 'allUsers';

const envOf = ({ settings }: Context, { kafka }: Parts): EnvFor<'ingest'> => ({
  ...kafka.env,
  KAFKA_SESSION_TIMEOUT_MS: String(settings.kafka.sessionTimeoutMs),
  LOG_LEVEL: settings.logLevel,
  INGEST_ACCESS: settings.ingest.access,
  ...(settings.ingest.access === 'write-key' && { INGEST_WRITE_KEYS_FILE: secretFile('ingest-write-keys') }),
});

/** New instances in a network may take a minute until they reach anything: then the start waits until Kafka answers. */
const startupProbe = (inNetwork: boolean) =>
  inNetwork
    ? {
        httpGet: { path: PATHS.startupz, port: PORT },
        periodSeconds: 5,
        timeoutSeconds: 4,
        failureThreshold: 40,
      }
    : {
        httpGet: { path: PATHS.healthz, port: PORT },
        periodSeconds: 2,
        timeoutSeconds: 2,
        failureThreshold: 30,
      };

const LIVENESS_PROBE = {
  httpGet: { path: PATHS.healthz, port: PORT },
  periodSeconds: 30,
  timeoutSeconds: 5,
  failureThreshold: 3,
};

/** The ingest as a Cloud Run service, and who may call it. */
export class IngestService extends Construct {
  readonly service: CloudRunV2Service;
  readonly identity: Identity;
  readonly loadBalancer: LoadBalancer | undefined;
  readonly #context: Context;

  constructor(scope: Construct, id: string, context: Context, parts: Parts) {
    super(scope, id);
    this.#context = context;
    const { settings, props } = context;
    const container = containerOf('ingest', context, parts, {
      env: envOf(context, parts),
      size: settings.ingest,
    });
    this.identity = container.identity;
    this.service = this.#newService(container);
    const { loadBalancer } = props.ingest ?? {};
    this.loadBalancer =
      loadBalancer &&
      new LoadBalancer(this, 'load-balancer', context, { service: this.service, props: loadBalancer });
    this.#letIn();
  }

  /** Where events are sent: the load balancer's first domain, else the service's own address. */
  get url(): string {
    return this.loadBalancer?.url ?? this.service.uri;
  }

  get #ingress(): string {
    const { ingest } = this.#context.props;
    if (ingest?.loadBalancer !== undefined) return 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER';
    return ingest?.access === 'iam' ? 'INGRESS_TRAFFIC_INTERNAL_ONLY' : 'INGRESS_TRAFFIC_ALL';
  }

  #newService(container: Container): CloudRunV2Service {
    const { props, settings, names, labels } = this.#context;
    const { ingest } = settings;
    return new CloudRunV2Service(this, 'service', {
      project: props.project,
      location: props.location,
      name: names.of('ingest'),
      description: 'Takes events over HTTP and puts them into Kafka',
      labels,
      deletionProtection: settings.deletionProtection,
      ingress: this.#ingress,
      invokerIamDisabled: ingest.access === 'write-key' && ingest.publicAccess === 'invokerIamDisabled',
      scaling: { minInstanceCount: ingest.minInstances },
      template: this.#template(container),
      lifecycle: { ignoreChanges: CLIENT_FIELDS, ...this.#context.kept },
      dependsOn: container.dependsOn,
    });
  }

  #template({ identity, template, limits, volumes, vpcAccess, encryptionKey }: Container) {
    const { settings, labels } = this.#context;
    const { ingest } = settings;
    return {
      labels,
      serviceAccount: identity.email,
      executionEnvironment: 'EXECUTION_ENVIRONMENT_GEN2',
      timeout: `${ingest.timeoutSeconds}s`,
      maxInstanceRequestConcurrency: ingest.concurrency,
      scaling: { maxInstanceCount: ingest.maxInstances },
      containers: [
        {
          ...template,
          ports: { containerPort: PORT },
          // Records wait for Kafka between requests too, so the CPU is never taken away.
          resources: { limits, cpuIdle: false, startupCpuBoost: true },
          startupProbe: startupProbe(vpcAccess !== undefined),
          livenessProbe: LIVENESS_PROBE,
        },
      ],
      volumes,
      ...(vpcAccess && { vpcAccess }),
      ...(encryptionKey !== undefined && { encryptionKey }),
    };
  }

  #letIn(): void {
    const { settings, props } = this.#context;
    const { access, publicAccess } = settings.ingest;
    if (access === 'iam') {
      for (const member of props.ingest?.invokers ?? [])
        because(this.#newInvoker(`invoker-${markOf(member)}`, member), 'sends events');
    } else if (publicAccess === 'allUsers') {
      because(
        this.#newInvoker('everybody', EVERYBODY),
        'anybody may knock; the ingest itself asks for a write key',
      );
    }
  }

  #newInvoker(id: string, member: string): CloudRunV2ServiceIamMember {
    const { project, location } = this.#context.props;
    return new CloudRunV2ServiceIamMember(this, id, {
      project,
      location,
      name: this.service.name,
      role: 'roles/run.invoker',
      member,
    });
  }
}
