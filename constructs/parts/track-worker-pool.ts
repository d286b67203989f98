import { CloudRunV2WorkerPool } from '@cdktf/provider-google/lib/cloud-run-v2-worker-pool/index.js';
import { Construct } from 'constructs';
import type { EnvFor } from '../../app/contract/env.ts';
import { CLIENT_FIELDS, type Container, containerOf, type Parts } from './container.ts';
import type { Context } from './context.ts';
import type { Identity } from './identities.ts';
import { secretFile } from './secret-mount.ts';

const envOf = ({ settings, props }: Context, { kafka }: Parts): EnvFor<'track-worker'> => ({
  ...kafka.env,
  KAFKA_SESSION_TIMEOUT_MS: String(settings.kafka.sessionTimeoutMs),
  LOG_LEVEL: settings.logLevel,
  CUSTOMERIO_REGION: props.customerIoRegion,
  CUSTOMERIO_SITE_ID_FILE: secretFile('track-site-id'),
  CUSTOMERIO_TRACK_API_KEY_FILE: secretFile('track-api-key'),
  TRACK_LANES: String(settings.trackWorker.lanes),
  PROCESSED: settings.trackWorker.processed,
});

/** The track worker as a Cloud Run worker pool. */
export class TrackWorkerPool extends Construct {
  readonly workerPool: CloudRunV2WorkerPool;
  readonly identity: Identity;

  constructor(scope: Construct, id: string, context: Context, parts: Parts) {
    super(scope, id);
    const { trackWorker } = context.settings;
    const container = containerOf('track-worker', context, parts, {
      env: envOf(context, parts),
      size: trackWorker,
    });
    this.identity = container.identity;
    this.workerPool = this.#newWorkerPool(context, container);
  }

  #newWorkerPool(
    { props, settings, names, labels, kept }: Context,
    container: Container,
  ): CloudRunV2WorkerPool {
    const { instances, scaledElsewhere } = settings.trackWorker;
    const { identity, template, limits, volumes, vpcAccess, encryptionKey } = container;
    return new CloudRunV2WorkerPool(this, 'worker-pool', {
      project: props.project,
      location: props.location,
      name: names.of('track-worker'),
      description: 'Brings events from Kafka to the Customer.io Track API',
      labels,
      deletionProtection: settings.deletionProtection,
      // The only field of scaling that the API of worker pools has.
      scaling: { manualInstanceCount: instances },
      template: {
        labels,
        serviceAccount: identity.email,
        containers: [{ ...template, resources: { limits } }],
        volumes,
        ...(vpcAccess && { vpcAccess }),
        ...(encryptionKey !== undefined && { encryptionKey }),
      },
      lifecycle: {
        ...kept,
        ignoreChanges: [...CLIENT_FIELDS, ...(scaledElsewhere ? ['scaling[0].manual_instance_count'] : [])],
      },
      dependsOn: container.dependsOn,
    });
  }
}
