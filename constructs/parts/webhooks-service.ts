import type { CloudRunV2Service } from '@cdktf/provider-google/lib/cloud-run-v2-service/index.js';
import { Construct } from 'constructs';
import type { EnvFor } from '../../app/contract/env.ts';
import { PATHS } from '../../app/contract/http-paths.ts';
import { BY_BALANCER_ALONE, cloudRunService, EVERYBODY, invokerOf } from './cloud-run-service.ts';
import { containerOf, type Parts } from './container.ts';
import type { Context } from './context.ts';
import { because } from './grant.ts';
import type { Identity } from './identities.ts';
import { LoadBalancer } from './load-balancer.ts';
import { secretFile } from './secret-mount.ts';
import type { WebhookStream } from './webhook-stream.ts';

/** Customer.io gives up after four seconds; the receiver answers earlier. */
const TIMEOUT_S = 10;

/** The receiver of Customer.io's webhooks as a Cloud Run service: public, in no network, one instance always warm. */
export class WebhooksService extends Construct {
  readonly service: CloudRunV2Service;
  readonly identity: Identity;
  readonly loadBalancer: LoadBalancer | undefined;

  constructor(
    scope: Construct,
    id: string,
    context: Context,
    parts: Parts & { readonly stream: WebhookStream },
  ) {
    super(scope, id);
    const { webhooks, logLevel } = context.settings;
    const { loadBalancer } = context.props.webhooks ?? {};
    const { stream } = parts;
    const env: EnvFor<'webhooks'> = {
      GOOGLE_CLOUD_PROJECT: context.props.project,
      LOG_LEVEL: logLevel,
      PUBSUB_PROJECT: stream.project,
      PUBSUB_TOPIC: stream.topicName,
      WEBHOOK_SIGNING_KEY_FILE: secretFile('webhook-signing-keys'),
    };
    const container = containerOf('webhooks', context, parts, { env, size: webhooks });
    this.identity = container.identity;
    const shape = {
      ...webhooks,
      timeoutSeconds: TIMEOUT_S,
      ingress: loadBalancer === undefined ? 'INGRESS_TRAFFIC_ALL' : BY_BALANCER_ALONE,
      invokerIamDisabled: webhooks.publicAccess === 'invokerIamDisabled',
    };
    const dependsOn = [...container.dependsOn, stream.publishedBy(this.identity), ...stream.ready];
    this.service = cloudRunService(this, 'webhooks', context, {
      container: { ...container, dependsOn },
      shape,
    });
    this.loadBalancer =
      loadBalancer &&
      new LoadBalancer(this, 'load-balancer', context, {
        role: 'webhooks',
        service: this.service,
        domains: loadBalancer.domains,
        // Every refusal costs an hour of webhooks: only who asks for it gets it.
        limits: { allowedAddresses: loadBalancer.allowedAddresses, enforce: loadBalancer.enforce ?? false },
      });
    if (webhooks.publicAccess !== 'allUsers') return;
    const everybody = invokerOf(this, 'everybody', context, { service: this.service, member: EVERYBODY });
    because(everybody, 'anybody may knock; the receiver itself checks every signature');
  }

  /** Where Customer.io's reporting webhook is to point: at the load balancer's first domain, else at the service's own address. */
  get url(): string {
    return `${this.loadBalancer?.url ?? this.service.uri}${PATHS.webhooks}`;
  }
}
