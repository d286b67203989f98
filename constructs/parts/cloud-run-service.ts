import { CloudRunV2Service } from '@cdktf/provider-google/lib/cloud-run-v2-service/index.js';
import { CloudRunV2ServiceIamMember } from '@cdktf/provider-google/lib/cloud-run-v2-service-iam-member/index.js';
import type { Construct } from 'constructs';
import { PATHS } from '../../app/contract/http-paths.ts';
import { ROLES, type Role } from '../../app/contract/roles.ts';
import { CLIENT_FIELDS, type Container } from './container.ts';
import type { Context } from './context.ts';

const PORT = 8080;

/** How a service scales and who reaches it. */
export interface ServiceShape {
  readonly minInstances: number;
  readonly maxInstances: number;
  readonly concurrency: number;
  readonly timeoutSeconds: number;
  readonly ingress: string;
  readonly invokerIamDisabled: boolean;
  /** Audiences that an ID token may have beside the service's own address. */
  readonly audiences?: readonly string[];
}

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

const templateOf = (
  { identity, template, limits, volumes, vpcAccess, encryptionKey }: Container,
  shape: ServiceShape,
  labels: Record<string, string>,
) => ({
  labels,
  serviceAccount: identity.email,
  executionEnvironment: 'EXECUTION_ENVIRONMENT_GEN2',
  timeout: `${shape.timeoutSeconds}s`,
  maxInstanceRequestConcurrency: shape.concurrency,
  scaling: { maxInstanceCount: shape.maxInstances },
  containers: [
    {
      ...template,
      ports: { containerPort: PORT },
      // Records wait for their acknowledgement, and secrets are read anew, between requests too: the CPU is never taken away.
      resources: { limits, cpuIdle: false, startupCpuBoost: true },
      startupProbe: startupProbe(vpcAccess !== undefined),
      livenessProbe: LIVENESS_PROBE,
    },
  ],
  volumes,
  ...(vpcAccess && { vpcAccess }),
  ...(encryptionKey !== undefined && { encryptionKey }),
});

/** The Cloud Run service of a role. */
export const cloudRunService = (
  scope: Construct,
  role: Role,
  context: Context,
  { container, shape }: { readonly container: Container; readonly shape: ServiceShape },
): CloudRunV2Service => {
  const { props, settings, names, labels, kept } = context;
  const { purpose } = ROLES[role];
  return new CloudRunV2Service(scope, 'service', {
    project: props.project,
    location: props.location,
    name: names.of(role),
    description: `${purpose.charAt(0).toUpperCase()}${purpose.slice(1)}`,
    labels,
    deletionProtection: settings.deletionProtection,
    ingress: shape.ingress,
    invokerIamDisabled: shape.invokerIamDisabled,
    scaling: { minInstanceCount: shape.minInstances },
    ...(shape.audiences && { customAudiences: [...shape.audiences] }),
    template: templateOf(container, shape, labels),
    lifecycle: { ignoreChanges: CLIENT_FIELDS, ...kept },
    dependsOn: container.dependsOn,
  });
};

/** Lets a member call a service. */
export const invokerOf = (
  scope: Construct,
  id: string,
  { props }: Context,
  { service, member }: { readonly service: CloudRunV2Service; readonly member: string },
): CloudRunV2ServiceIamMember =>
  new CloudRunV2ServiceIamMember(scope, id, {
    project: props.project,
    location: props.location,
    name: service.name,
    role: 'roles/run.invoker',
    member,
  });

/** IAM's word for everybody. */
export const EVERYBODY = 'allUsers';

/** The ingress of a service that only a load balancer and Google Cloud's own networks reach. */
export const BY_BALANCER_ALONE = 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER';
