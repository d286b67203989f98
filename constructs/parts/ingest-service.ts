import type { CloudRunV2Service } from '@cdktf/provider-google/lib/cloud-run-v2-service/index.js';
import { Construct } from 'constructs';
import type { EnvFor } from '../../app/contract/env.ts';
import { BY_BALANCER_ALONE, cloudRunService, EVERYBODY, invokerOf } from './cloud-run-service.ts';
import { containerOf, type Parts } from './container.ts';
import type { Context } from './context.ts';
import { because } from './grant.ts';
import type { Identity } from './identities.ts';
import { LoadBalancer } from './load-balancer.ts';
import { markOf } from './mark-of.ts';
import { secretFile } from './secret-mount.ts';
import type { TrackWorkerPool } from './track-worker-pool.ts';

/** What the ingest is put together from, and the worker that reads what it writes. */
export interface IngestParts extends Parts {
  readonly trackWorker: TrackWorkerPool;
}

const envOf = ({ settings, props }: Context, { kafka }: Parts): EnvFor<'ingest'> => ({
  ...kafka.env,
  GOOGLE_CLOUD_PROJECT: props.project,
  KAFKA_SESSION_TIMEOUT_MS: String(settings.kafka.sessionTimeoutMs),
  LOG_LEVEL: settings.logLevel,
  INGEST_ACCESS: settings.ingest.access,
  ...(props.ingest?.mapping !== undefined && { INGEST_MAPPING: settings.ingest.mapping }),
  ...(settings.ingest.access === 'write-key' && { INGEST_WRITE_KEYS_FILE: secretFile('ingest-write-keys') }),
});

const ingressOf = ({ ingest }: Context['props']): string => {
  if (ingest?.loadBalancer !== undefined) return BY_BALANCER_ALONE;
  return ingest?.access === 'iam' ? 'INGRESS_TRAFFIC_INTERNAL_ONLY' : 'INGRESS_TRAFFIC_ALL';
};

/** The ingest as a Cloud Run service, and who may call it. */
export class IngestService extends Construct {
  readonly service: CloudRunV2Service;
  readonly identity: Identity;
  readonly loadBalancer: LoadBalancer | undefined;
  readonly #context: Context;

  constructor(scope: Construct, id: string, context: Context, parts: IngestParts) {
    super(scope, id);
    this.#context = context;
    const { settings, props } = context;
    const { ingest } = settings;
    const container = containerOf('ingest', context, parts, { env: envOf(context, parts), size: ingest });
    this.identity = container.identity;
    const invokerIamDisabled = ingest.access === 'write-key' && ingest.publicAccess === 'invokerIamDisabled';
    // Callers know the domains, and ask Google for tokens for them.
    const audiences =
      ingest.access === 'iam'
        ? props.ingest?.loadBalancer?.domains.map((domain) => `https://${domain}`)
        : undefined;
    const shape = {
      ...ingest,
      invokerIamDisabled,
      ingress: ingressOf(props),
      ...(audiences && { audiences }),
    };
    // An older worker misreads the records of a newer ingest.
    const dependsOn = [...container.dependsOn, parts.trackWorker.workerPool];
    this.service = cloudRunService(this, 'ingest', context, {
      container: { ...container, dependsOn },
      shape,
    });
    const { loadBalancer } = props.ingest ?? {};
    this.loadBalancer =
      loadBalancer &&
      new LoadBalancer(this, 'load-balancer', context, {
        role: 'ingest',
        service: this.service,
        domains: loadBalancer.domains,
        limits: { ...loadBalancer, enforce: loadBalancer.enforce ?? true },
      });
    this.#letIn();
  }

  /** Where events are sent: the load balancer's first domain, else the service's own address. */
  get url(): string {
    return this.loadBalancer?.url ?? this.service.uri;
  }

  #letIn(): void {
    const { settings, props } = this.#context;
    const { access, publicAccess } = settings.ingest;
    if (access === 'iam') {
      for (const member of props.ingest?.invokers ?? [])
        this.#invoker(`invoker-${markOf(member)}`, member, 'sends events');
    } else if (publicAccess === 'allUsers') {
      this.#invoker('everybody', EVERYBODY, 'anybody may knock; the ingest itself asks for a write key');
    }
  }

  #invoker(id: string, member: string, reason: string): void {
    because(invokerOf(this, id, this.#context, { service: this.service, member }), reason);
  }
}
