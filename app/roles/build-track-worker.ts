import type { ConfigFor } from '../contract/env.ts';
import { CustomerIOService } from '../customerio/customerio-service.ts';
import { rotatingTrackClient } from '../customerio/rotating-track-client.ts';
import { deliveryMetrics } from '../delivery/delivery-metrics.ts';
import { DELIVERY } from '../delivery/settings.ts';
import { TrackWorker } from '../delivery/track-worker.ts';
import type { CustomerIOEventBus } from '../kafka/customerio-event-bus.ts';
import { systemClock } from '../runtime/clock.ts';
import type { SecretFiles } from '../runtime/config/secret-files.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Metrics } from '../runtime/metrics.ts';
import { trackCredential } from './track-credential.ts';

const MOST_TIMEOUT_MS = 10_000;

type WorkerConfig = Pick<
  ConfigFor<'track-worker'>,
  | 'customerioSiteId'
  | 'customerioTrackApiKey'
  | 'customerioRegion'
  | 'customerioTrackUrl'
  | 'kafkaSessionTimeoutMs'
  | 'trackLanes'
  | 'processed'
>;

/** What the track worker stands on. */
interface WorkerParts {
  readonly bus: CustomerIOEventBus;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Where its credential is read again. @default it never changes */
  readonly secrets?: SecretFiles;
}

/** The track worker over a bus, sending through {@link CustomerIOService}. */
export const buildTrackWorker = (config: WorkerConfig, parts: WorkerParts): TrackWorker => {
  const { bus, logger, metrics } = parts;
  const credential = trackCredential(config, parts.secrets);
  const api = rotatingTrackClient(credential.current, {
    region: config.customerioRegion,
    url: config.customerioTrackUrl,
    // Three requests must fit into a session, so that the group never loses a member that is only waiting.
    timeoutMs: Math.min(MOST_TIMEOUT_MS, Math.floor(config.kafkaSessionTimeoutMs / 3)),
    connections: config.trackLanes,
  });
  const worker = new TrackWorker({
    bus,
    sender: new CustomerIOService(api),
    credential,
    publish: (records) => bus.publish(records),
    lanes: config.trackLanes,
    processed: config.processed,
    settings: DELIVERY,
    clock: systemClock,
    random: Math.random,
    logger,
    metrics: deliveryMetrics(metrics),
  });
  metrics.gauge('delivery_waiting_records', 'records read and not settled', () => worker.state.waiting);
  metrics.gauge('delivery_held', '1 while nothing may be sent', () =>
    worker.state.heldFor === undefined ? 0 : 1,
  );
  return worker;
};
